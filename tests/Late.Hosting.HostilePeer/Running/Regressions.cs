namespace Late.Hosting.HostilePeer.Running;

/// <summary>
/// Seeds that once found a bug: they run before all others. What a seed draws changes with the drawing, so that those that
/// hurt have a test of their own.
/// </summary>
internal static class Regressions
{
    public static IReadOnlyList<ulong> Seeds { get; } =
    [
        2,   // The first of two pings was not taken for answered by the pong for the second.
        4,   // A callback that stopped its own connection by its supervisor waited for itself.
        5,   // A frame kept behind its callback silently read as another.
        7,   // A proxy's 407 had no status, was retried, and showed the proxy's credentials.
        9,   // An HTTP/2 connection on which an attempt had failed was used again; an open tunnel was read as a body.
        10,  // One refusal after a ready session was permanent.
        11,  // One attempt opened several TCP connections.
        14,  // Messages with pongs between them kept more memory than was counted.
        15,  // A final DEFLATE block ended the session.
        17,  // The user info of the address did not become credentials.
        20,  // A date in Retry-After was ignored in an answer without a date of its own.
        21,  // Posts waited for all frames that had come before them.
        24,  // What had come of a refusal's body was lost with its rest.
        25,  // A log that threw once ended the connection.
        28,  // HandleTerminate reported that the handler had stopped where the host was disposed.
        35,  // A redirect was retried, its target not named, and then shown with its query.
        38,  // Attempts did not wait for the permits of their budget.
        40,  // Delays at their maximum had no jitter.
        42,  // An HTTP/2 connection was used again behind a session that was never ready.
        47,  // A TCP connection that a refusal had left open was used again.
        62,  // A log that blocked at ready held up ReconnectAsync.
        78,  // TLS without HTTP/2 was blamed on the certificate.
        90,  // Each of thousands of pings had a pong of its own.
        93,  // Control frames were kept in memory with the messages around them.
        172, // An attempt over TLS in a tunnel opened several TCP connections.
        205, // A send failed although its frame was written, because the peer ended the session immediately.
        302, // A flood behind the 101 let no callback run.
        710629903, // A request began a new life behind a permanent refusal.
        753598558, // The peer's own reader waited for its flood, and neither side's TCP went on.
    ];
}
