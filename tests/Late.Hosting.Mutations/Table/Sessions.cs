namespace Late.Hosting.Mutations.Table;

/// <summary>Sessions with their close handshake, and stops.</summary>
internal static class Sessions
{
    public static IEnumerable<Mutation> Mutations => [.. Ends, .. Stops];

    private static IEnumerable<Mutation> Ends =>
    [
        new("close-handshake-has-no-timeout", "P9: CloseTimeout", Finder.Simulation,
            new Edit("CloseHandshake.cs", "Timeout.InfiniteTimeSpan, connection.Time, limit.Token)", "Timeout.InfiniteTimeSpan, connection.Time, CancellationToken.None)")),
        new("closed-socket-stays-open", "P9: a stop closes all sockets", Finder.Simulation,
            new Edit("CloseHandshake.cs", "socket.Abort(); output.Shut();", "output.Shut();"),
            new Edit("Session.cs", "await _socket.DisposeAsync().ConfigureAwait(false);", "")),
        new("ready-timeout-ends-a-session-that-can-be-resumed", "P18: a close without a goodbye has no code that ends a session at the server", Finder.Tests("*Connection.Sessions.GoodbyeTests"),
            new Edit("Session.cs", "LateCloseCode.PolicyViolation", "LateCloseCode.NormalClosure")),
        new("slow-handler-loses-last-frames", "§2a: the second of the last frames counts while they are read", Finder.Tests("*LastFramesTests"),
            new Edit("LastFrames.cs", "is var paused && paused > TimeSpan.Zero", "is var paused && paused < TimeSpan.Zero")),
        new("ready-timeout-is-not-set", "P7: ReadyTimeout", Finder.Simulation,
            new Edit("Session.cs", "_connection.Log.BeginSession(Number); _readyClock.Change(_options.ReadyTimeout, Timeout.InfiniteTimeSpan);", "_connection.Log.BeginSession(Number);")),
        new("session-runs-before-it-reads", "§2a: a session that closes as soon as it runs handles what has come before", Finder.Tests("*RequestWhileReplacedTests"),
            new Edit(
                "Session.cs",
                "var reading = LastFrames.Reading = new SessionInput(this, _connection, _socket, keepAlive).ReadAsync(); var running = runner.RunAsync(this);",
                "var running = runner.RunAsync(this); SpinWait.SpinUntil(static () => false, 30); var reading = LastFrames.Reading = new SessionInput(this, _connection, _socket, keepAlive).ReadAsync();")),
        new("drained-session-leaves-its-calls", "P18: a session that drains ends when its calls have their replies", Finder.Simulation,
            new Edit("SessionDrain.cs", "&& session.Calls.IsEmpty && !session.Output.HasWaiting;", "&& !session.Output.HasWaiting;")),
        new("drain-closes-without-a-second-look", "P19: a session that drains closes behind the end of its last call", Finder.Tests("*CallEndDrainTests"),
            new Edit("SessionDrain.cs", "if (IsDone && connection.Mailbox is { HasDue: false, HasReceived: false })", "if (IsDone)")),
        new("drain-has-no-timeout", "P18: a session drains for CallTimeout", Finder.Simulation,
            new Edit("SessionDrain.cs", "this, connection.Options.CallTimeout, Timeout.InfiniteTimeSpan);", "this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);")),
        new("received-frames-outlive-their-session", "P4: frames stay in their session", Finder.Simulation,
            new Edit("Session.cs", "CountNotHandled(_connection.Mailbox.Clear());", "")),
        new("callback-that-hangs-keeps-its-session", "P9: a stop ends although a callback does not", Finder.Simulation,
            new Edit("Session.cs", "await (await Task.WhenAny(running, Goodbye.Cut).WaitAsync(abandoned).ConfigureAwait(false)).ConfigureAwait(false);", "await running.ConfigureAwait(false);")),
        new("send-limit-counts-as-ready-timeout", "P7: what waits for our own limit is not the server's fault", Finder.Tests("*SendLimitSessionTests"),
            new Edit("Session.cs", "if (Output.IsConnecting && !WasReady)", "if (Output.IsConnecting && WasReady)")),
    ];

    private static IEnumerable<Mutation> Stops =>
    [
        new("callback-that-hangs-keeps-the-stop", "P9: a stop ends", Finder.Simulation,
            new Edit("StopGrace.cs", "AtMost(limits.Callback + limits.Close)", "AtMost(100 * (limits.Callback + limits.Close))")),
        new("limit-of-the-host-is-ignored", "P9: a stop ends inside the host's shutdown timeout", Finder.Simulation,
            new Edit("StopGrace.cs", "OnceBegun(_signals.Ended.Cancel);", "")),
        new("stop-before-the-start-terminates-nothing", "P3: HandleTerminate runs once", Finder.Simulation,
            new Edit("ConnectionService.cs", "if (Interlocked.Exchange(ref _hasBegun, 1) == 0)", "if (Interlocked.Exchange(ref _hasBegun, 1) > 1)")),
        new("stopped-connection-terminates-twice", "P3: HandleTerminate runs once", Finder.Simulation,
            new Edit("ConnectionService.cs", "if (Interlocked.Exchange(ref _hasBegun, 1) == 0)", "if (Interlocked.Exchange(ref _hasBegun, 1) >= 0)")),
        new("init-runs-while-the-connection-stops", "P3: nothing begins behind a stop", Finder.Simulation,
            new Edit("LifeRun.cs",
                "await Parts.Ended.WaitAsync(stopping).ConfigureAwait(false); stopping.ThrowIfCancellationRequested(); if (!connection.Effects.Run(connection.Lifecycle.BeginLife())) { return; }",
                "await Parts.Ended.ConfigureAwait(false); connection.Effects.Run(connection.Lifecycle.BeginLife());")),
        new("init-that-hangs-keeps-the-stop", "P9: a stop ends", Finder.Simulation,
            new Edit("LifeRun.cs", "InitAsync(stopping).Observed().WaitAsync(Abandoned).ConfigureAwait(false);", "InitAsync(stopping).ConfigureAwait(false);")),
        new("startup-waits-without-end", "§4: StartupTimeout", Finder.Simulation,
            new Edit("StartupGate.cs", ".WaitAsync(timeout, connection.Time, cancellationToken)", ".WaitAsync(cancellationToken)")),
        new("failed-first-attempt-does-not-fail-the-start", "§4: FailFast", Finder.Simulation,
            new Edit("LifeRun.cs", "firstFailure.TrySetResult(outcome);", "")),
        new("reloaded-address-is-not-used", "§4: a reload that changes the address reconnects", Finder.Simulation,
            new Edit("ConnectionService.cs", "if (Request(OptionTables.Connection.Changed(before, after, TakesEffect.ByReconnecting)) is { } reconnect)", "if (Request([]) is { } reconnect)")),
    ];
}
