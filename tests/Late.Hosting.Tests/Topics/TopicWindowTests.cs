using Late.Hosting.Connection.Topics;
using Late.Hosting.Locking;

namespace Late.Hosting.Tests.Topics;

/// <summary>Readers read what they have seen without the lock of their topic, while others take the places of it.</summary>
public sealed class TopicWindowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    public async Task P20_items_of_several_words_are_whole_and_in_order_and_every_drop_is_counted_however_fast_they_are_published(int capacity)
    {
        const int Items = 200_000;
        var feed = new Feed();
        var reader = feed.Join(new() { Capacity = capacity, WhenFull = LateWhenFull.DropOldest });
        var publishing = Task.Run(
            () =>
            {
                for (var i = 0; i < Items; i++)
                {
                    feed.Publish(new Wide(i, i, i, i));
                }

                feed.End();
            },
            Token);
        var next = 0L;
        await foreach (var found in reader.ReadEventsAsync(Token))
        {
            if (found.Kind == LateSubscriptionEventKind.Item)
            {
                Assert.Equal(new Wide(next, next, next, next), found.Item);
                next++;
            }
            else
            {
                next += found.Dropped;
            }
        }

        await publishing;
        Assert.Equal(Items, next);
    }

    [Fact]
    public async Task What_is_there_is_read_without_the_lock_and_waits_for_no_publisher()
    {
        var feed = new Feed();
        var reader = feed.Join(default);
        for (var i = 0; i < 100; i++)
        {
            feed.Publish(new Wide(i, i, i, i));
        }

        await using var items = reader.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        for (var i = 0; i < 100; i++)
        {
            var next = items.MoveNextAsync();
            Assert.True(next.IsCompletedSuccessfully && await next);
            Assert.Equal(i, items.Current.First);
        }

        Assert.Equal(1, feed.Looks);
    }

    [Fact]
    public async Task A_canceled_enumeration_ends_before_the_next_item_and_the_next_one_continues_there()
    {
        var feed = new Feed();
        var reader = feed.Join(default);
        using var caller = new CancellationTokenSource();
        for (var i = 0; i < 100; i++)
        {
            feed.Publish(new Wide(i, i, i, i));
        }

        var read = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in reader.ReadAllAsync(caller.Token))
            {
                if (++read == 10)
                {
                    await caller.CancelAsync();
                }
            }
        });
        await using var items = reader.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await items.MoveNextAsync());

        Assert.Equal((10, 10), (read, items.Current.First));
    }

    [Fact]
    public async Task An_enumeration_that_has_not_begun_or_has_ended_takes_no_item_of_the_one_in_progress()
    {
        var feed = new Feed();
        var reader = feed.Join(default);
        var (ended, other) = (reader.ReadAllAsync(Token).GetAsyncEnumerator(Token), reader.ReadAllAsync(Token).GetAsyncEnumerator(Token));
        for (var i = 0; i < 4; i++)
        {
            feed.Publish(new Wide(i, i, i, i));
        }

        Assert.True(await ended.MoveNextAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await other.MoveNextAsync());
        await ended.DisposeAsync();
        await using var items = reader.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await items.MoveNextAsync());
        Assert.False(await ended.MoveNextAsync());
        Assert.False(await other.MoveNextAsync());
        Assert.True(await items.MoveNextAsync());
        Assert.Equal(2, items.Current.First);
    }

    private readonly record struct Wide(long First, long Second, long Third, long Fourth);

    private sealed class Feed : ItemSource, ITopicFeed<Wide>
    {
        private readonly TopicLog<Wide> _log = new();
        private readonly WaitingReaders<Wide> _waiting = new();
        private bool _isEnded;

        public string Name => "Wide";

        public bool HasBegun => true;

        /// <summary>How often its reader has looked under the lock.</summary>
        public int Looks { get; private set; }

        public TopicReader<Wide> Join(in LateSubscribeOptions options)
        {
            var reader = new TopicReader<Wide>(this, _log, null!, options) { EndsWithSession = false };
            _log.Add(reader);
            return reader;
        }

        public void Publish(Wide item)
        {
            using (Gate.EnterOwn(this))
            {
                _log.Add(item);
            }

            WakeReaders();
        }

        public void End()
        {
            using (Gate.EnterOwn(this))
            {
                _isEnded = true;
            }

            WakeReaders();
        }

        public Reading Read(TopicReader<Wide> reader, out LateSubscriptionEvent<Wide> next)
        {
            using (Gate.EnterOwn(this))
            {
                Looks++;
                var found = _log.Read(reader, out next);
                if (found == Reading.Nothing && _isEnded)
                {
                    return Reading.End;
                }

                if (found == Reading.Nothing)
                {
                    _waiting.Add(reader);
                }

                return found;
            }
        }

        public void CheckWait()
        {
        }

        public void Leave(TopicReader<Wide> reader)
        {
        }

        public override void WakeReaders() => _waiting.Wake(this);
    }
}
