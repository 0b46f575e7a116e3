using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Late.Hosting.Connection;
using Late.Hosting.Testing.Wire;
using Late.Hosting.Transport;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Testing;

/// <summary>
/// A server in memory: it takes the place of the network under one connection, and a test or a script answers each attempt
/// to connect. Everything above it is real: the handshake's rules, the frames, the reconnecting. The connection runs on
/// the peer's <see cref="Clock"/>, so nothing waits in real time.
/// </summary>
/// <remarks>Put it under an application with <c>services.AddLateTestPeer&lt;THandler&gt;(peer)</c>. It does not compress.</remarks>
public sealed class LateTestPeer
{
    private readonly ConcurrentQueue<LateTestAttempt> _unanswered = new();
    private readonly Lock _gate = new();
    private Action<LateTestAttempt>? _script;
    private ExceptionDispatchInfo? _scriptFailure;
    private LateTestAttempt? _last;
    private LateTestSession? _session;
    private ServedConnection? _connection;
    private DateTimeOffset? _lostAt;

    /// <summary>Makes a peer with a clock of its own.</summary>
    public LateTestPeer()
        : this(new LateTestClock())
    {
    }

    /// <summary>Makes a peer on a clock, for several connections of one application.</summary>
    /// <param name="clock">The clock.</param>
    public LateTestPeer(LateTestClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        (Clock, RetryTime) = (clock, new BackoffClock(clock));
    }

    /// <summary>The clock of the connection, and of the application.</summary>
    public LateTestClock Clock { get; }

    /// <summary>How long a wait of the test may take, in real time: a test never hangs.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan WaitLimit { get; set; } = Waiting.DefaultLimit;

    /// <summary>How many attempts there were.</summary>
    public int Attempts => Volatile.Read(ref _last)?.Number ?? 0;

    /// <summary>The session that was accepted last, by the test or by a script.</summary>
    /// <exception cref="LateTestException">None was accepted.</exception>
    public LateTestSession Session => Volatile.Read(ref _session) ?? throw new LateTestException($"No attempt has been accepted. {Describe()}");

    /// <summary>The clock of the delays between the connection's attempts.</summary>
    internal BackoffClock RetryTime { get; }

    internal Changes Changes { get; } = new();

    /// <summary>The session that was accepted last, while the connection has not released it.</summary>
    internal LateTestSession? OpenSession => Volatile.Read(ref _session) is { IsEnded: false } session ? session : null;

    /// <summary>True while the connection waits for the answer to an attempt that no script has given.</summary>
    internal bool IsAsked => Volatile.Read(ref _last) is { IsOffered: true, IsEnded: false };

    /// <summary>The connection's state; null before its start.</summary>
    internal LateConnectionStatus? Status => _connection?.Status;

    /// <summary>
    /// Answers attempts by a script, as they come. Those that it leaves unanswered wait for <see cref="NextAttemptAsync"/>.
    /// What it throws is thrown by the test's next wait.
    /// </summary>
    /// <param name="script">Gets each attempt.</param>
    public void OnAttempt(Action<LateTestAttempt> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Volatile.Write(ref _script, script);
    }

    /// <summary>
    /// Waits for the next attempt that no script has answered. Where the connection waits for the time of its next attempt,
    /// the clock is advanced to it; <see cref="LateTestAttempt.Waited"/> is the difference.
    /// </summary>
    /// <returns>The attempt; the test answers it.</returns>
    /// <exception cref="LateTestException">None came, or none follows: the connection has stopped or is faulted.</exception>
    public Task<LateTestAttempt> NextAttemptAsync() => WaitForAttemptAsync(TakeAttempt);

    /// <summary>Accepts the next attempt; the clock is advanced to it as in <see cref="NextAttemptAsync"/>.</summary>
    /// <param name="subProtocol">The sub-protocol that the server chooses; null for none.</param>
    /// <param name="headers">Headers of the answer, in addition to those that the handshake needs.</param>
    /// <returns>The server's end of the WebSocket.</returns>
    /// <exception cref="LateTestException">No attempt came, or none follows.</exception>
    public async Task<LateTestSession> AcceptAsync(string? subProtocol = null, IEnumerable<KeyValuePair<string, StringValues>>? headers = null) =>
        (await NextAttemptAsync().ConfigureAwait(false)).Accept(subProtocol, headers);

    /// <summary>
    /// Advances the clock to the connection's next attempt and waits until the script has seen it, where there is one. An
    /// attempt that had come before does not count.
    /// </summary>
    /// <returns>The attempt.</returns>
    /// <exception cref="LateTestException">None came, or none follows.</exception>
    public Task<LateTestAttempt> AdvanceToNextAttemptAsync()
    {
        var before = Attempts;
        return WaitForAttemptAsync(() => Volatile.Read(ref _last) is { IsOffered: true } last && last.Number > before ? last : null);
    }

    /// <summary>
    /// Waits until the connection waits for the time of its next attempt, and leaves the clock as it is: for what an
    /// application does meanwhile.
    /// </summary>
    /// <returns>How long it is until the attempt.</returns>
    /// <exception cref="LateTestException">The connection does not wait, or no attempt follows.</exception>
    public async Task<TimeSpan> WaitForBackoffAsync()
    {
        DateTimeOffset? due = null;
        await UntilAsync(
            () =>
            {
                ThrowIfOver();
                return (due = _connection?.FindBackoff()) is not null;
            },
            () => $"Expected the connection to wait for its next attempt. {Describe()}").ConfigureAwait(false);
        return due!.Value - Clock.GetUtcNow();
    }

    /// <summary>
    /// Advances the clock from one timer to the next, each time until the connection is at rest: what its handler does at a
    /// time is done before the clock continues, and between sessions each attempt begins at its time. <c>Clock.Advance</c>
    /// waits for nothing: it is for a callback that hangs, or for blocked writes.
    /// </summary>
    /// <param name="time">How far.</param>
    /// <returns>A task that completes when the clock is there.</returns>
    /// <exception cref="LateTestException">The connection does not come to rest.</exception>
    public async Task AdvanceAsync(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        await RestAsync().ConfigureAwait(false);
        var end = Clock.GetUtcNow() + time;
        while (Clock.NextDue is { } due && due <= end)
        {
            Clock.AdvanceTo(due);
            await RestAsync().ConfigureAwait(false);
        }

        Clock.AdvanceTo(end);
    }

    /// <summary>The transport of a connection that has this peer.</summary>
    internal ITransport CreateTransport(ConnectionContext connection)
    {
        var served = new ServedConnection(this, connection);
        lock (_gate)
        {
            if (_connection is { } other && other.Name != connection.Name)
            {
                throw new InvalidOperationException(
                    $"This LateTestPeer serves connection '{other.Name}' already. Give '{connection.Name}' one of its own: new LateTestPeer(peer.Clock).");
            }

            _connection = served;
        }

        _ = served.WatchAsync();
        return new HttpTransport(connection.Name, connection.Time, new HttpConnections { Substitute = new PeerHttpHandler(this) });
    }

    internal Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LateTestAttempt attempt;
        lock (_gate)
        {
            var waited = _lostAt is { } lostAt ? Clock.GetUtcNow() - lostAt : TimeSpan.Zero;
            attempt = new LateTestAttempt(this, request, Attempts + 1, waited);
            Volatile.Write(ref _last, attempt);
        }

        var answered = attempt.AnsweredAsync(cancellationToken);
        RunScript(attempt);
        attempt.IsOffered = true;
        if (!attempt.IsEnded)
        {
            _unanswered.Enqueue(attempt);
        }

        Changes.Signal();
        return answered;
    }

    /// <summary>The next attempt that waits for an answer; null where there is none.</summary>
    internal LateTestAttempt? TakeAttempt()
    {
        while (_unanswered.TryDequeue(out var attempt))
        {
            if (!attempt.IsEnded)
            {
                return attempt;
            }
        }

        return null;
    }

    /// <summary>An attempt is about to be answered: with a session, or without.</summary>
    internal void OnAnswering(LateTestSession? session)
    {
        if (session is null)
        {
            OnLost();
        }
        else
        {
            Volatile.Write(ref _session, session);
        }
    }

    /// <summary>An attempt or a session has ended.</summary>
    internal void OnLost()
    {
        lock (_gate)
        {
            _lostAt = Clock.GetUtcNow();
        }

        Changes.Signal();
    }

    internal void OnScriptFailed(ExceptionDispatchInfo failure)
    {
        Interlocked.CompareExchange(ref _scriptFailure, failure, null);
        Changes.Signal();
    }

    /// <summary>Waits until something is so of the peer, its attempts, its sessions or its clock.</summary>
    internal Task UntilAsync(Func<bool> isSo, Func<string> describe) => Waiting.UntilAsync(
        () =>
        {
            Volatile.Read(ref _scriptFailure)?.Throw();
            return isSo();
        },
        () => Task.WhenAny(Changes.Next, Clock.NextChange),
        WaitLimit,
        describe);

    private async Task<LateTestAttempt> WaitForAttemptAsync(Func<LateTestAttempt?> find)
    {
        LateTestAttempt? attempt = null;
        await UntilAsync(
            () => (attempt = find()) is not null || AdvanceToNextAttempt(), () => $"Expected an attempt to connect. {Describe()}").ConfigureAwait(false);
        return attempt!;
    }

    /// <summary>Advances the clock where the connection waits for the time of its next attempt.</summary>
    /// <returns>False: the attempt is still to come.</returns>
    private bool AdvanceToNextAttempt()
    {
        ThrowIfOver();
        if (_connection?.FindBackoff() is { } due)
        {
            Clock.AdvanceTo(due);
        }

        return false;
    }

    private void ThrowIfOver()
    {
        if (_connection is { IsOver: true })
        {
            throw new LateTestException($"Expected an attempt to connect, and none follows. {Describe()}");
        }
    }

    /// <summary>Waits until the connection has done what it was given; completes immediately where none has started.</summary>
    private Task RestAsync() => _connection?.RestAsync() ?? Task.CompletedTask;

    private string Describe() => _connection is { } connection
        ? $"{connection.Description} It has attempted {Attempts} times."
        : "No connection has started on this peer. Put it under one with services.AddLateTestPeer<THandler>(peer), and start the host.";

    private void RunScript(LateTestAttempt attempt)
    {
        try
        {
            Volatile.Read(ref _script)?.Invoke(attempt);
        }
        catch (Exception exception)
        {
            OnScriptFailed(ExceptionDispatchInfo.Capture(exception));
            throw;
        }
    }
}
