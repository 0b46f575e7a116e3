using System.Collections.Immutable;

namespace WorkerSample.Ticker;

/// <summary>
/// What the handler knows. A callback that throws leaves it as it was, because it never changes: callbacks return the next one.
/// </summary>
public sealed record TickerState
{
    /// <summary>The symbols whose prices are wanted: asked for again in every session.</summary>
    public ImmutableSortedSet<string> Wanted { get; init; } = [];

    /// <summary>The symbols that the exchange has confirmed in this session.</summary>
    public ImmutableSortedSet<string> Active { get; init; } = [];

    /// <summary>The id of the last ping.</summary>
    public int LastPing { get; init; }

    /// <summary>True until the last ping is answered.</summary>
    public bool AwaitsPong { get; init; }

    public TickerState With(string symbol) => this with { Wanted = Wanted.Add(symbol), Active = Active.Add(symbol) };

    public TickerState Without(string symbol) => this with { Wanted = Wanted.Remove(symbol), Active = Active.Remove(symbol) };

    /// <summary>What is left of it when a session has ended.</summary>
    public TickerState WithoutSession() => this with { Active = [], AwaitsPong = false };
}
