namespace Late.Hosting.Connection.Topics;

/// <summary>Those of a topic.</summary>
/// <param name="connection">The connection's name.</param>
/// <param name="topic">The topic's type.</param>
internal sealed class TopicGaps(string connection, string topic) : ReaderGaps
{
    public override LateGapException Interrupted() => new(
        connection,
        $"Items of a subscription to {topic} may be missing: the session of connection '{connection}' has ended. " +
        "The subscription continues in the next one: enumerate again to read what follows, or set OnGap = Continue to read on.");

    public override LateGapException Skipped(long dropped) => new(
        connection,
        $"A reader of {topic} on connection '{connection}' was slower than its topic: {dropped} items were dropped. " +
        "The subscription continues behind them: enumerate again, or set OnGap = Continue to read on.")
    {
        Dropped = dropped,
    };

    public override LateGapException Overflow(long dropped) => new(
        connection,
        $"A reader of {topic} on connection '{connection}' was slower than its topic: {dropped} items are missing, and the subscription has ended. " +
        "Subscribe again, with a larger Capacity or with WhenFull = DropOldest or KeepLatest.")
    {
        Dropped = dropped,
    };
}
