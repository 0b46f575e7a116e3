namespace Late.Hosting.Benchmarks.Pairs;

/// <summary>A trade. Its object has 40 bytes.</summary>
internal sealed class Trade : FeedMessage
{
    /// <summary>One of them as the feed sends it: 64 bytes.</summary>
    public const string Json = """{"type":"trade","id":81726354,"price":64189.15,"volume":0.12345}""";

    public long Id { get; set; }

    public double Price { get; set; }

    public double Volume { get; set; }
}
