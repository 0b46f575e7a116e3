namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>The feed is alive.</summary>
internal sealed class Heartbeat : FeedMessage;
