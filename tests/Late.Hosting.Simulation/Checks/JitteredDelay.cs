namespace Late.Hosting.Simulation.Checks;

/// <summary>A delay that lies between the half and the whole of what it has grown to, unless the server wants a longer one.</summary>
internal static class JitteredDelay
{
    /// <summary>The longest that it may be: a <c>Retry-After</c> that is longer is spread over half a base delay.</summary>
    public static TimeSpan Longest(TimeSpan grown, TimeSpan? retryAfter, TimeSpan baseDelay) =>
        retryAfter > 0.5 * grown && retryAfter.Value + (0.5 * baseDelay) is var spread && spread > grown ? spread : grown;
}
