namespace Late.Hosting.Connection.Topics;

/// <summary>What topics report to observers. It is computed when it is read: publishing an item counts nothing for it.</summary>
/// <param name="Topics">How many have a reader.</param>
/// <param name="Readers">How many readers they have.</param>
/// <param name="Published">How many items were published to a reader.</param>
/// <param name="Dropped">How many items readers have lost.</param>
/// <param name="Unread">How many items the slowest reader of each topic has not read.</param>
internal readonly record struct TopicCounts(int Topics, int Readers, long Published, long Dropped, long Unread)
{
    public static TopicCounts operator +(TopicCounts one, TopicCounts other) => new(
        one.Topics + other.Topics, one.Readers + other.Readers, one.Published + other.Published, one.Dropped + other.Dropped, one.Unread + other.Unread);
}
