using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Streams;

/// <summary>What readers of streams receive.</summary>
internal static class StreamFailure
{
    /// <summary>There was no item in time.</summary>
    public static LateCallTimeoutException TimedOut(string connection, string request, (string Option, TimeSpan Time) awaited, WorkReport report) => new(
        connection,
        $"A stream of {request} on connection '{connection}' had no further item within {awaited.Time}, and has ended. " +
        $"The server may have acted on it; check before you retry, or set a longer {awaited.Option}. {report}")
    {
        Delivery = LateDelivery.Unknown,
        IsOfConnection = true,
    };

    /// <summary>A callback of the connection requests a stream of it.</summary>
    public static InvalidOperationException FromOneself(string connection, string request) => new(
        $"A callback of connection '{connection}' reads a stream of {request} on its own connection, and would wait for itself. " +
        "Read it outside of the handler, or call a method of the handler.");
}
