using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>A topic without a connection, whose readers come and go as they like.</summary>
public sealed class FakeTopicTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_published_to_a_topic_of_a_fake_that_has_no_reader_yet_is_dropped()
    {
        var topic = new LateTestTopic<int>();
        topic.Publish(1);

        Assert.Equal(0, topic.Readers);
    }

    [Fact]
    public async Task What_is_published_to_a_topic_of_a_fake_whose_readers_have_left_is_dropped()
    {
        var topic = new LateTestTopic<int>();
        await topic.Subscribe().DisposeAsync();
        for (var i = 0; i < 100; i++)
        {
            topic.Publish(i);
        }

        Assert.Equal(0, topic.Readers);
    }

    [Fact]
    public async Task What_is_published_to_a_topic_of_a_fake_that_is_complete_is_dropped()
    {
        var topic = new LateTestTopic<int>();
        await using var prices = topic.Subscribe();
        topic.Publish(1);
        topic.Complete();
        for (var i = 0; i < 100; i++)
        {
            topic.Publish(i);
        }

        Assert.Equal([1], await prices.ReadAllAsync(Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_reader_that_has_left_is_reported_as_such()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new FeedHandler());
        var reader = await test.SubscribeAsync(new Feed("a"));
        await reader.LeaveAsync();

        Assert.Equal("The reader of Feed has left, or its topic is complete.", (await Assert.ThrowsAsync<LateTestException>(reader.NextAsync)).Message);
    }
}
