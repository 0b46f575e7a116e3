using System.Net;
using System.Runtime.ExceptionServices;
using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Testing.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Testing.Harness;

/// <summary>The connection of a handler under test, driven step by step: each step waits for everything that follows from it.</summary>
internal sealed class HandlerConnection(
    ServiceProvider services, TestedConnection connection, LateTestPeer peer, Outcomes outcomes, CallbackErrors errors) : IAsyncDisposable
{
    private readonly List<LateTestSession> _sessions = [];
    private LateTestAttempt? _attempt;
    private bool _hasNextSpoken;
    private long _lives = 1;

    public Runner Runner => connection.Service.Runner!;

    public LateTestPeer Peer => peer;

    public ConnectionContext Context => connection.Context;

    public ILateClient Client => connection.Client;

    public Action<Action<LateConnectionOptions>> Reload => connection.Reload;

    public LateSessionOutcome? Outcome => outcomes.Last;

    public WorkReport Calls => connection.Context.CallContext.Report();

    /// <summary>The present session, or the last one.</summary>
    public LateTestSession? Session => Open ?? _sessions.LastOrDefault();

    /// <summary>The close frames that the connection has sent, over all sessions.</summary>
    public IReadOnlyList<LateTestClose> Closes => [.. _sessions.Select(static session => session.Closed).OfType<LateTestClose>()];

    public IReadOnlyList<LateFrame> Sent => [.. _sessions.SelectMany(static session => session.AllReceived)];

    /// <summary>The attempt that waits for its answer, between sessions or to replace the present one; null where there is none.</summary>
    public LateTestAttempt? Attempt => _attempt = _attempt is { IsCanceled: false } ? _attempt : peer.TakeAttempt();

    /// <summary>True between sessions, when the next attempt waits, and when all has ended.</summary>
    private bool HasNoSession => (Attempt is not null && Lifecycle.Phase == SessionPhase.Connecting) || outcomes.IsHeld || HasEnded;

    /// <summary>The session whose frames the handler handles: of those that the connection has not released the first.</summary>
    private LateTestSession? Open => _sessions.Find(static session => !session.IsEnded);

    /// <summary>The one that is to replace it: its connection is made, and no session yet.</summary>
    private LateTestSession? Next => _sessions.FindLast(static session => !session.IsEnded) is { } last && last != Open ? last : null;

    /// <summary>The session has nothing to do that no step of the test brings, but for what its mailbox has.</summary>
    private bool IsStill => Lifecycle.Session is Session { Ending: null, HasNothingAhead: true } session && Open is { IsRead: true } && Next is null or { IsRead: true }
        && peer.Clock.IsSettled
        && (session.Switch is not { Connecting.IsCompleted: false } next || Attempt is not null || (next.AwaitsMessage && !_hasNextSpoken))
        && (!session.IsLeaving || IsHeld);

    /// <summary>The handler keeps a session open that is to close, and has handled what it has been given.</summary>
    private bool IsHeld => Lifecycle.Phase == SessionPhase.HeldClose && connection.Context.Mailbox is { HasReceived: false, IsAwaited: true };

    /// <summary>True where changes come of which nothing notifies.</summary>
    private bool IsUnobserved => Lifecycle.Session is Session session && (session.IsLeaving || !session.HasNothingAhead || session.Switch is { Connecting.IsCompleted: false });

    /// <summary>Nothing follows that no step of the test brings.</summary>
    private bool HasEnded => connection.Service.ExecuteTask is { IsCompleted: true } || (connection.Service.LifeEnded.IsCompleted && !IsLifeDue);

    /// <summary>After a fault, the next life begins now.</summary>
    private bool IsLifeDue => Lifecycle.Current.NextAttemptAt is { } at ? at <= peer.Clock.GetUtcNow() : Lifecycle.IsInterrupted;

    private ConnectionLifecycle Lifecycle => connection.Context.Lifecycle;

    public async Task StartAsync()
    {
        await connection.Service.StartAsync(CancellationToken.None).ConfigureAwait(false);
        await UntilAsync(() => HasNoSession).ConfigureAwait(false);
        if (HasEnded && Lifecycle.Current.Exception is { } exception)
        {
            ExceptionDispatchInfo.Throw(exception);
        }
    }

    public async Task ConnectAsync(string? subProtocol, IEnumerable<KeyValuePair<string, StringValues>>? headers)
    {
        await BeginsLifeAsync().ConfigureAwait(false);
        if (HasEnded || (Attempt is null && !HasNoSession))
        {
            throw new InvalidOperationException(
                HasEnded ? $"The connection has ended. {Lifecycle.Explain()}" : "There is a session already. DisconnectAsync ends it.");
        }

        if (outcomes.IsHeld)
        {
            await BeginAttemptAsync().ConfigureAwait(false);
        }

        var before = outcomes.Last;
        _sessions.Add(TakeAttempt()!.Accept(subProtocol, headers));
        await SettleAsync().ConfigureAwait(false);
        if (outcomes.Last is { Disconnect: null, Exception: { } refusal } outcome && outcome != before)
        {
            outcomes.TakeFailure();
            ExceptionDispatchInfo.Throw(refusal);
        }
    }

    public async Task RefuseAsync(HttpStatusCode status, TimeSpan? retryAfter)
    {
        await BeginsLifeAsync().ConfigureAwait(false);
        if (outcomes.IsHeld)
        {
            await BeginAttemptAsync().ConfigureAwait(false);
        }

        var attempt = TakeAttempt() ?? throw new InvalidOperationException($"No attempt waits for its answer. {Lifecycle.Explain()}");
        attempt.Refuse(status, retryAfter);
        await SettleAsync().ConfigureAwait(false);
        outcomes.TakeFailure();
    }

    public Task ReceiveAsync(LateFrame frame)
    {
        OpenSession.Send(frame);
        return SettleAsync();
    }

    public Task ReceiveNextAsync(LateFrame frame)
    {
        var next = Next ?? throw new InvalidOperationException("No connection waits to replace the session. ConnectAsync accepts the attempt that a handler, a client or a rotation makes with ConnectFirst.");
        _hasNextSpoken |= frame.Kind is LateFrameKind.Text or LateFrameKind.Binary;
        next.Send(frame);
        return SettleAsync();
    }

    public async Task DisconnectAsync(Action<LateTestSession> end)
    {
        var session = OpenSession;
        end(session);
        await UntilAsync(() => HasNoSession || session.IsEnded).ConfigureAwait(false);
        await RestAsync().ConfigureAwait(false);
        try
        {
            errors.ThrowFirst();
        }
        catch
        {
            // Where the next attempt has failed with it, ConnectAsync does not throw it again.
            outcomes.TakeFailure();
            throw;
        }
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        await SettleAsync().ConfigureAwait(false);
        var end = peer.Clock.GetUtcNow() + time;
        while (peer.Clock.NextDue is { } due && due <= end)
        {
            peer.Clock.AdvanceTo(due);
            await SettleAsync().ConfigureAwait(false);
        }

        peer.Clock.AdvanceTo(end);
        await SettleAsync().ConfigureAwait(false);
    }

    public async Task SettleAsync()
    {
        if (!await BeginsLifeAsync().ConfigureAwait(false))
        {
            if (Open is not null && !HasNoSession)
            {
                await RestAsync().ConfigureAwait(false);
            }
            else
            {
                await Rest.WaitAsync(connection.Context, peer.WaitLimit, DescribeCallback, DescribeUnrest).ConfigureAwait(false);

                // A post may have ended the attempt, or everything.
                await UntilAsync(() => Lifecycle.IsEnding ? HasEnded : HasNoSession && !Lifecycle.IsInterrupted).ConfigureAwait(false);
            }
        }

        errors.ThrowFirst();
    }

    /// <summary>Waits for the first attempt of a new life, or for its fault.</summary>
    /// <returns>False where the life is the same.</returns>
    private async Task<bool> BeginsLifeAsync()
    {
        if (!connection.Service.LifeEnded.IsCompleted && Lifecycle.Lives == _lives)
        {
            return false;
        }

        await UntilAsync(() => HasNoSession).ConfigureAwait(false);
        _lives = Lifecycle.Lives;
        return true;
    }

    public async Task StopAsync()
    {
        if (Lifecycle.Session is not null)
        {
            // Before the step returns: what the server sends from here on comes behind the beginning of the goodbye.
            connection.Context.Effects.Run(Lifecycle.RequestStop(Lifecycle.StopEnd));
        }

        await connection.Service.StopAsync(CancellationToken.None).WithinAsync(peer.WaitLimit, DescribeCallback).ConfigureAwait(false);
        errors.ThrowFirst();
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Waiting.DefaultLimit, TimeProvider.System);
        if (connection.Service.Runner?.Callback.Name is not null)
        {
            // It waits for what the test does not give it any more.
            await limit.CancelAsync().ConfigureAwait(false);
        }

        await connection.Service.StopAsync(limit.Token).ConfigureAwait(false);
        connection.Service.Dispose();
        await services.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Throws what has failed the last attempt; where a step has thrown it, begins the next one.</summary>
    private async Task BeginAttemptAsync()
    {
        var failure = outcomes.TakeFailure();
        errors.ThrowFirst();
        if (failure is null)
        {
            outcomes.Resume();
            await UntilAsync(() => HasNoSession).ConfigureAwait(false);
            failure = outcomes.TakeFailure() ?? (HasEnded ? connection.Context.Lifecycle.Current.Exception : null);
            errors.ThrowFirst();
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private LateTestSession OpenSession => Open is { } session && Lifecycle.Session is { Ending: null }
        ? session
        : throw new InvalidOperationException($"There is no session. ConnectAsync opens one. {Lifecycle.Explain()}");

    private LateTestAttempt? TakeAttempt()
    {
        var attempt = Attempt;
        (_attempt, _hasNextSpoken) = (null, false);
        return attempt;
    }

    /// <summary>Waits until what was given so far is handled, and what follows from it is sent, or the session has ended with it.</summary>
    private async Task RestAsync()
    {
        while (true)
        {
            await UntilAsync(() => HasNoSession || IsStill).ConfigureAwait(false);
            if (HasNoSession || Lifecycle.Session is not { } session)
            {
                return;
            }

            // While a close is held, nothing but frames is handled.
            if (session.IsLeaving ? IsHeld : await IsAtRestAsync().ConfigureAwait(false) && Lifecycle.Session == session && IsStill)
            {
                return;
            }
        }
    }

    private Task<bool> IsAtRestAsync() => Mark.TryRestAsync(
        connection.Context,
        () => UntilAsync(() => HasNoSession || IsStill),
        sent => UntilAsync(() => sent.IsCompleted || HasNoSession, sent),
        peer.WaitLimit,
        DescribeUnrest);

    private Task UntilAsync(Func<bool> isSo, Task? other = null) => Waiting.UntilAsync(
        isSo,
        () => Task.WhenAny(peer.Changes.Next, peer.Clock.NextChange, connection.Service.ExecuteTask ?? Task.CompletedTask, LifeEnds, other ?? peer.Changes.Next, IsUnobserved ? Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System) : peer.Changes.Next),
        peer.WaitLimit,
        DescribeCallback);

    private Task LifeEnds => connection.Service.LifeEnded is { IsCompleted: false } ending ? ending : peer.Changes.Next;

    private string DescribeUnrest() =>
        $"The handler has something to do again whenever it is done, as one that posts to itself without end. {Lifecycle.Explain()}";

    private string DescribeCallback() => connection.Service.Runner?.Callback.What is { } callback
        ? $"{callback} has not completed: what it waits for does not come."
        : Lifecycle.Explain();
}
