using Late.Hosting.Connection;

namespace Late.Hosting.Testing.Wire;

/// <summary>The connection that a peer serves, as the library sees it: where it stands, and when it is at rest.</summary>
internal sealed class ServedConnection(LateTestPeer peer, ConnectionContext connection)
{
    private volatile bool _isOver;

    public string Name => connection.Name;

    public LateConnectionStatus Status => connection.Lifecycle.Current;

    public string Description => connection.Lifecycle.Explain();

    /// <summary>True where no attempt follows any more.</summary>
    public bool IsOver => _isOver || Status.State is LateConnectionState.Stopping or LateConnectionState.Faulted;

    /// <summary>When the delay before the next attempt ends; null where the connection does not wait for one.</summary>
    public DateTimeOffset? FindBackoff() => Status.State == LateConnectionState.Reconnecting ? peer.RetryTime.DelayEnd : null;

    /// <summary>Lets the peer look again whenever the connection's state changes.</summary>
    public async Task WatchAsync()
    {
        await foreach (var _ in connection.Watchers.WatchAsync(CancellationToken.None).ConfigureAwait(false))
        {
            peer.Changes.Signal();
        }

        _isOver = true;
        peer.Changes.Signal();
    }

    /// <summary>Waits until the connection has done what is due: then only the clock, the test or a script continues.</summary>
    public async Task RestAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var session = peer.OpenSession;
            if (session is not null && await TryRestAsync(session).ConfigureAwait(false) && !session.IsEnded)
            {
                return;
            }

            // A session that takes nothing any more has ended for the connection, whatever its peer has seen of it.
            await peer.UntilAsync(() => IsAtRestBetweenSessions || (peer.OpenSession is { } next && next != session), Describe).ConfigureAwait(false);
            if (IsAtRestBetweenSessions)
            {
                return;
            }

            // A server that accepts and drops, and a handler that asks to connect again immediately, need no clock.
            if (TimeProvider.System.GetElapsedTime(began) > peer.WaitLimit)
            {
                throw new LateTestException(Describe());
            }
        }
    }

    private bool IsAtRestBetweenSessions => IsOver || (peer.Clock.IsSettled && (peer.IsAsked || FindBackoff() is not null));

    /// <summary>Waits until the handler has handled what the session was sent, and what follows from it is written.</summary>
    /// <returns>False where the session has ended with it.</returns>
    private Task<bool> TryRestAsync(LateTestSession session) => Mark.TryRestAsync(
        connection,
        () => peer.UntilAsync(() => session.IsEnded || (session.IsRead && peer.Clock.IsSettled), Describe),
        async sent =>
        {
            _ = sent.ContinueWith(_ => peer.Changes.Signal(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await peer.UntilAsync(() => sent.IsCompleted || session.IsEnded, Describe).ConfigureAwait(false);
        },
        peer.WaitLimit,
        Describe);

    private string Describe() =>
        $"The connection does not come to rest: a callback or a hook does not complete, or its writes are blocked. {Description}";
}
