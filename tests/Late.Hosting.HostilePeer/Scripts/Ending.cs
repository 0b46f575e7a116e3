namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>How the client's life ends.</summary>
internal enum Ending
{
    /// <summary><c>StopAsync</c> without a limit.</summary>
    Stop,

    /// <summary><c>StopAsync</c> with a token of 300 ms.</summary>
    StopInTime,

    /// <summary><c>StopAsync</c> with a token that is cancelled already.</summary>
    StopNow,

    /// <summary>The host is disposed without a stop.</summary>
    Dispose,

    /// <summary>A callback stops its own connection by the supervisor that has started it; then the host stops.</summary>
    StopItself,
}
