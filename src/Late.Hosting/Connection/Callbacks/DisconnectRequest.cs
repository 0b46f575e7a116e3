using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>What a handler wants to follow the end of its session.</summary>
/// <param name="Next">Reconnect, stop or fault.</param>
/// <param name="After">The delay before the next attempt; null leaves it to the backoff.</param>
/// <param name="Faulted">The fault; null where it is none.</param>
internal sealed record DisconnectRequest(NextStep Next, TimeSpan? After, SessionEnd? Faulted = null)
{
    public static readonly DisconnectRequest Stop = new(NextStep.Stop, null);

    /// <summary>The address of the next attempt; null for the configured one.</summary>
    public Uri? Uri { get; init; }

    public static DisconnectRequest Fault(string reason, Exception? exception) => new(NextStep.Fault, null, SessionEnd.FaultedByHandler(reason, exception));

    public static DisconnectRequest Reconnect(TimeSpan? after)
    {
        ReconnectCheck.Delay(after);
        return new(NextStep.Reconnect, after);
    }

    public static DisconnectRequest Reconnect(LateReconnect request)
    {
        ReconnectCheck.Request(request);
        return request.ConnectsFirst
            ? throw new ArgumentException("HandleDisconnect cannot ask for ConnectFirst: its session is over. Leave Order out.", nameof(request))
            : new(NextStep.Reconnect, request.After) { Uri = request.Uri };
    }
}
