using System.Diagnostics;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Transport;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// One socket's life: makes and runs a reader that fills the mailbox, the runner that empties it, and the close handshake at the
/// end. What belongs to the session ends with it; the lifecycle keeps its phase.
/// </summary>
internal sealed class Session : SessionLife, IDisposable
{
    private static readonly TimeSpan s_longestAbort = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _connection;
    private readonly WebSocketConnection _socket;
    private readonly LateConnectionOptions _options;
    private readonly ITimer _readyClock;
    private readonly long _openedAt;
    private KeepAlive? _keepAlive;
    private int _notHandled;

    public Session(ConnectionContext connection, WebSocketConnection socket, LateConnectionOptions options)
    {
        (_connection, _socket, _options) = (connection, socket, options);
        _openedAt = connection.Time.GetTimestamp();
        DelayedPosts = new DelayedPosts(connection, this);
        Pings = new Pings(this, socket, connection);
        socket.Statistics = connection.Statistics;
        Output = new SessionOutput(this, connection, socket);
        Calls = new SessionCalls(this);
        LastFrames = new LastFrames(this, connection, socket, Output);
        Goodbye = new Goodbye(this, connection);
        Drain = new SessionDrain(this, connection);
        _readyClock = connection.Time.CreateTimer(static session => ((Session)session!).OnReadyTimeout(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LateHandshake Handshake => _socket.Handshake;

    /// <summary>The address of the options that it leads to; null where it leads to another one.</summary>
    public Uri? ConfiguredAddress => _socket.ConfiguredAddress;

    /// <summary>The span of the attempt that opened it; empty where tracing is off.</summary>
    public ActivityContext AttemptContext => _socket.AttemptContext;

    /// <summary>Replaces it where more is to be done than to end it; null before it runs.</summary>
    public SessionSwitch? Switch { get; set; }

    public DelayedPosts DelayedPosts { get; }

    public Pings Pings { get; }

    /// <summary>Where frames leave.</summary>
    public SessionOutput Output { get; }

    /// <summary>The calls that the handler has.</summary>
    public SessionCalls Calls { get; }

    /// <summary>Waits for what the handler has to finish, before the session closes.</summary>
    public SessionDrain Drain { get; }

    /// <summary>The goodbye before a close of ours.</summary>
    public Goodbye Goodbye { get; }

    /// <summary>True when no frame is handled any more, whatever is left in the mailbox.</summary>
    public bool IsOver => Ending is { } end && (end.HandlesLastFrames ? LastFrames.AreOver : !end.HandlesRest);

    /// <summary>True while what is read has to wait for its callbacks.</summary>
    public bool IsRead => Ending is null or { HandlesLastFrames: true } && !IsOver;

    /// <summary>True where what its connection has read before it began is delivered.</summary>
    public bool HasNothingAhead => _socket.HasNothingAhead;

    /// <summary>What the server sends behind our close frame.</summary>
    public LastFrames LastFrames { get; }

    /// <summary>True where a callback that does not end is no longer waited for: none follows it.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>True where the session is ready as soon as what it has to write is written.</summary>
    public bool IsReleasing => Phase == SessionPhase.Releasing;

    /// <summary>Runs the session to its end.</summary>
    /// <param name="runner">Runs the callbacks.</param>
    /// <param name="abandoned">Canceled when a callback that does not end is no longer waited for.</param>
    public async Task<SessionEnd> RunAsync(Runner runner, CancellationToken abandoned)
    {
        using var scope = _connection.Log.BeginSession(Number);
        _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);
        using var keepAlive = new KeepAlive(this, _socket, _connection);
        Volatile.Write(ref _keepAlive, keepAlive);
        keepAlive.Begin();

        // In this order: a session that closes as soon as it runs waits for what it reads.
        var reading = LastFrames.Reading = new SessionInput(this, _connection, _socket, keepAlive).ReadAsync();
        var running = runner.RunAsync(this);
        var isAbandoned = false;
        try
        {
            await (await Task.WhenAny(running, Goodbye.Cut).WaitAsync(abandoned).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested && !running.IsCompleted)
        {
            isAbandoned = Abandon(runner);
        }
        catch (Exception exception)
        {
            End(SessionEnd.Lost($"The session failed with {exception.GetType().Name}. This is a bug of Late.Hosting.", exception));
        }

        // Where the handler holds the close, the session may have another end.
        Goodbye.End();
        await LastFrames.EndAsync(abandoned).ConfigureAwait(false);
        var end = Ending!;
        if (end.CountsAsFailed)
        {
            _socket.SetFailed();
        }

        await new CloseHandshake(_connection, _socket, Output).RunAsync(end, reading, Goodbye.ForHandshake, abandoned).ConfigureAwait(false);
        if (Output.HasBlockedGoodbye)
        {
            Goodbye.Report();
        }

        Leave(end);
        if (!isAbandoned && !running.IsCompleted)
        {
            // What was cut short: no other callback begins before the one that still runs has completed (promise P1).
            isAbandoned = !await CompletesAsync(running, runner, abandoned).ConfigureAwait(false);
        }

        if (Volatile.Read(ref _notHandled) is var count and > 0)
        {
            // Where nothing follows, and where the handler has ended it, none is missed.
            _connection.Log.FramesNotHandled(end.IsFinal || end.IsByHandler ? LogLevel.Debug : LogLevel.Information, _connection.Name, count);
        }

        if (!isAbandoned && reading.IsCompleted)
        {
            await _socket.DisposeAsync().ConfigureAwait(false);
        }

        _connection.Telemetry.SessionEnded(_connection.Time.GetElapsedTime(_openedAt), end.Reason);

        // A callback that was waited for may have added to it.
        return Ending!;
    }

    /// <summary>The options were reloaded: what waits for a clock looks at them.</summary>
    public void OnSettingsChanged()
    {
        Volatile.Read(ref _keepAlive)?.OnSettingsChanged();
        Output.OnSettingsChanged();
    }

    /// <summary>Closes it because the connection is stopped.</summary>
    public void CloseByStop()
    {
        _connection.Effects.Run(_connection.Lifecycle.RequestStop(_connection.Lifecycle.StopEnd));
        Goodbye.OnStop();
    }

    /// <summary>Closes it with a goodbye of the handler; the first reason counts.</summary>
    public void Close(SessionEnd end) => _connection.Effects.Run(_connection.Lifecycle.BeginClosing(this, end));

    /// <summary>
    /// Ends it as a callback asks for, by its result or by an exception. Where it closes or has ended already, a callback lets it close, and
    /// its request is that of what follows.
    /// </summary>
    public void EndByHandler(SessionEnd end)
    {
        if (!_connection.Effects.Run(_connection.Lifecycle.EndByHandler(this, end)) && end.IsRequested)
        {
            LogIgnoredRequest();
        }

        ReleaseClose();
    }

    /// <summary>A result has requested a session that does not follow this one.</summary>
    public void LogIgnoredRequest() =>
        _connection.Log.RequestInSessionIgnored(_connection.Name, LateException.WithoutName(_connection.Name, (Ending ?? PendingEnd ?? _connection.Lifecycle.StopEnd).Description));

    /// <summary>Counts messages that no callback sees.</summary>
    public void CountNotHandled(int messages) => Interlocked.Add(ref _notHandled, messages);

    /// <summary>The handler keeps it open after its goodbye.</summary>
    public void HoldClose() => _connection.Effects.Run(_connection.Lifecycle.HoldClose(this));

    /// <summary>The handler lets it close, where it has kept it open.</summary>
    public void ReleaseClose()
    {
        if (Goodbye.HasBegun && Phase is (SessionPhase.HeldClose or SessionPhase.Closed))
        {
            _connection.Effects.Run(_connection.Lifecycle.ReleaseClose(this));
        }
    }

    /// <summary>The handler chooses the close frame.</summary>
    public void CloseWith(int code, string reason) => _connection.Lifecycle.ChooseClose(this, code, reason);

    /// <summary>Ends the session; the first reason counts. From here on it takes no work from outside.</summary>
    /// <returns>False where it had ended already.</returns>
    public bool End(SessionEnd end) => _connection.Effects.Run(_connection.Lifecycle.End(this, end));

    public override (int Count, long OldestFrom, RequestKind? OldestRequest) CallsInProgress => Calls.InProgress;

    public override void OnLeft() => DelayedPosts.Stop();

    public override void Abort()
    {
        Goodbye.CutShort();
        _socket.Abort();
    }

    /// <summary><c>HandleConnect</c> has completed.</summary>
    public void HandlerConnected(bool holds) => _connection.Effects.Run(_connection.Lifecycle.HandlerConnected(this, holds));

    /// <summary>A result releases the calls that <c>HandleConnect</c> holds back.</summary>
    public void Release() => _connection.Effects.Run(_connection.Lifecycle.Release(this));

    /// <summary>Takes calls: what a session that <see cref="IsReleasing"/> had to write is written.</summary>
    public void FramesWritten() => _connection.Effects.Run(_connection.Lifecycle.FramesWritten(this));

    public void Dispose()
    {
        _readyClock.Dispose();
        Output.Dispose();
        Drain.Dispose();
        Goodbye.Dispose();
    }

    /// <summary>Ends it without what it still waits for.</summary>
    /// <returns>True where that is a callback.</returns>
    private bool Abandon(Runner runner)
    {
        IsAbandoned = true;
        Goodbye.CutShort();
        _connection.Effects.Run(_connection.Lifecycle.Abandon(this));
        _socket.Abort();
        if (runner.Callback.What is not { } callback)
        {
            return false;
        }

        _connection.Log.CallbackAbandoned(_connection.Name, callback, runner.Callback.IsDisposing);
        return true;
    }

    private async Task<bool> CompletesAsync(Task running, Runner runner, CancellationToken abandoned)
    {
        await running.WaitAsync(abandoned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!running.IsCompleted && !Abandon(runner))
        {
            // It was writing, which the abort ends.
            await running.WaitAsync(s_longestAbort, _connection.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return running.IsCompleted;
    }

    private void Leave(SessionEnd end)
    {
        var report = _connection.Lifecycle.Report();
        var failure = ConnectionFailure.Disconnected(end).With(report);
        Output.End(failure);
        _connection.Topics.EndSession(this, failure);
        _connection.Effects.Run(_connection.Lifecycle.Leave(this, failure));
        CountNotHandled(_connection.Mailbox.Clear());
        Pings.Fail(failure);
        Calls.Fail(end.Next == NextStep.Stop ? ConnectionFailure.Stopped.With(report) : failure);
    }

    private void OnReadyTimeout()
    {
        if (Output.IsConnecting && !WasReady)
        {
            // It is the send limit that they wait for, and not the server.
            _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);
            return;
        }

        // No goodbye can choose another code (promise P18), and servers end a session that is closed with 1000 or 1001 (RFC 6455 §7.4.1).
        _connection.Effects.Run(_connection.Lifecycle.EndUnlessReady(this, SessionEnd.TimedOut(
            LateDisconnectReason.ReadyTimeout, $"The session was not ready within ReadyTimeout ({_options.ReadyTimeout}).", LateCloseCode.PolicyViolation)));
    }
}
