namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>One contestant at one piece of work: starts, is looked at for a while, and ends.</summary>
internal interface ITrial : IAsyncDisposable
{
    /// <summary>Connects and begins to work; the work continues until the trial is disposed.</summary>
    Task StartAsync(ServerAddress server);

    /// <summary>How many messages or round trips it has done; null where the server counts them.</summary>
    long? Done { get; }

    /// <summary>How long the round trips took; null for work of another kind.</summary>
    Histogram? RoundTrips => null;
}
