namespace Late.Hosting;

/// <summary>What a handler receives when it is initialized.</summary>
/// <param name="name">The connection's name.</param>
/// <param name="options">The connection's options as they are now; a later reload makes a new object.</param>
/// <param name="timeProvider">The clock of the connection.</param>
public sealed class LateContext(string name, LateConnectionOptions options, TimeProvider timeProvider)
{
    /// <summary>The connection's name: <c>Ticker</c> for a <c>TickerHandler</c>, or the one given at its registration.</summary>
    public string Name { get; } = name;

    /// <summary>The key under which the supervisor has started the connection; null where the host keeps it.</summary>
    public string? Key { get; init; }

    /// <summary>The connection's options as they are now; a later reload makes a new object.</summary>
    public LateConnectionOptions Options { get; } = options;

    /// <summary>The clock of the connection.</summary>
    public TimeProvider TimeProvider { get; } = timeProvider;

    /// <summary>Makes calls without a caller; null in a context that the application has made.</summary>
    internal ISessionEntries? Entries { get; init; }
}
