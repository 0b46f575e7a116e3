using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Topics.Many;

/// <summary>A topic with its readers, and what the handler has of it.</summary>
internal sealed class TrackedTopic(Ticker key)
{
    public Ticker Key => key;

    public List<TrackedReader> Readers { get; } = [];

    /// <summary>How many items were published.</summary>
    public int Items { get; private set; }

    /// <summary>What the handler has subscribed to in this session; null for nothing.</summary>
    public LateTopic<Ticker, int>? Present { get; set; }

    /// <summary>Publishes the next item, where there is a reader.</summary>
    public void Publish()
    {
        if (Readers.Count > 0)
        {
            Assert.True(Present!.Publish(TrackedReader.Item((int)Present.Session, Items)), "an item was refused");
            Items++;
        }
    }
}
