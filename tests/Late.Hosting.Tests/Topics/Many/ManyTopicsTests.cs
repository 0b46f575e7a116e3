using System.Globalization;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Topics.Many;

/// <summary>Many topics, many sessions, many readers.</summary>
public sealed class ManyTopicsTests
{
    // 10,000 topics and 1,000 sessions take a minute: LATE_TOPICS_SCALE=10.
    private static readonly int s_scale = int.TryParse(Environment.GetEnvironmentVariable("LATE_TOPICS_SCALE"), CultureInfo.InvariantCulture, out var scale) ? scale : 1;

    [Fact]
    public async Task P20_over_many_seeded_reconnects_each_reader_sees_every_item_once_and_in_order_and_every_gap_in_its_place()
    {
        await using var host = new TestHost();
        var topics = new ManyTopics(host, count: 1000 * s_scale, seed: 16);
        await topics.RunAsync(sessions: 100 * s_scale);

        Assert.True(topics.Dropped > 0, "no reader was slow enough to lose an item");
        Assert.True(topics.Subscribes > 50_000 * s_scale * s_scale, $"the handler has subscribed {topics.Subscribes} times");
    }
}
