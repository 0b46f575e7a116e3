using System.Reflection;
using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Tests.Topics;

/// <summary>The items of a topic, and the memory that they take.</summary>
public sealed class TopicLogTests
{
    [Fact]
    public void P17_a_reader_that_reads_nothing_holds_no_more_items_than_its_capacity()
    {
        var log = new TopicLog<int>();
        log.Add(Reader(log, 8));
        Add(log, 10_000);

        Assert.Equal(8, Kept(log));
    }

    [Fact]
    public void P17_a_reader_that_reads_nothing_holds_its_own_capacity_at_most_next_to_one_of_a_larger_one()
    {
        var log = new TopicLog<int>();
        var other = Reader(log, 1024);
        log.Add(Reader(log, 8));
        log.Add(other);
        for (var i = 0; i < 10_000; i++)
        {
            log.Add(i);
            other.Position++;
        }

        Assert.Equal(16, Kept(log));
        Assert.Equal(8, log.Count().Unread);
    }

    [Fact]
    public void P17_readers_that_keep_up_hold_few_items_whatever_their_capacity()
    {
        var log = new TopicLog<int>();
        var reader = Reader(log, 1024);
        log.Add(reader);
        for (var i = 0; i < 10_000; i++)
        {
            log.Add(i);
            reader.Position++;
        }

        Assert.Equal(16, Kept(log));
    }

    [Fact]
    public void P17_interruptions_without_an_item_between_them_take_one_place_and_those_that_all_have_passed_none()
    {
        var log = new TopicLog<int>();
        var (stuck, other) = (Reader(log, 8), Reader(log, 8));
        log.Add(stuck);
        log.Add(other);
        for (var i = 0; i < 1000; i++)
        {
            log.Interrupt();
            log.Restore();
        }

        Assert.Equal(1, Interruptions(log));
        for (var i = 0; i < 1000; i++)
        {
            log.Add(i);
            log.Interrupt();
        }

        Assert.InRange(Interruptions(log), 1, 9);
        log.Remove(stuck);
        while (log.Read(other, out _) != Reading.Nothing)
        {
        }

        log.Restore();
        log.Interrupt();
        Assert.Equal(1, Interruptions(log));
    }

    [Fact]
    public void P20_every_item_and_interruption_is_read_once_and_in_order_for_any_sequence_of_events()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var log = new TopicLog<int>();
            var capacity = random.Next(1, 40);
            var reader = Reader(log, capacity);
            log.Add(reader);
            var (published, interruptions, read, lost, interrupted, restored) = (0, 0, 0L, 0L, 0, 0);
            var isInterrupted = false;
            for (var step = 0; step < 200; step++)
            {
                switch (random.Next(8))
                {
                    case 0 when !isInterrupted:
                        log.Interrupt();
                        (isInterrupted, interruptions) = (true, interruptions + 1);
                        break;
                    case 1:
                        log.Restore();
                        isInterrupted = false;
                        break;
                    case < 6:
                        log.Add(published++);
                        isInterrupted = false;
                        break;
                    default:
                        Read();
                        break;
                }
            }

            while (Read() != Reading.Nothing)
            {
            }

            Assert.Equal((seed, published), (seed, (int)(read + lost)));
            Assert.InRange(interrupted, interruptions == 0 ? 0 : 1, interruptions);
            Assert.Equal((seed, isInterrupted ? 1 : 0), (seed, interrupted - restored));

            Reading Read()
            {
                var found = log.Read(reader, out var next);
                if (found == Reading.Item)
                {
                    Assert.Equal(reader.Position - 1, next.Item);
                    Assert.True(log.Head - reader.Position < capacity);
                    read++;
                }
                else if (found == Reading.Event)
                {
                    lost += next.Dropped;
                    interrupted += next.Kind == LateSubscriptionEventKind.Interrupted ? 1 : 0;
                    restored += next.Kind == LateSubscriptionEventKind.Restored ? 1 : 0;
                    Assert.Equal(next.Kind == LateSubscriptionEventKind.Dropped, next.Dropped > 0);
                }

                return found;
            }
        }
    }

    [Fact]
    public void P20_an_interruption_in_which_the_connection_stood_by_is_read_with_that_and_takes_two_places_at_most()
    {
        var log = new TopicLog<int>();
        var (reader, stuck) = (Reader(log, 8), Reader(log, 8));
        log.Add(reader);
        log.Add(stuck);
        log.StandBy();
        Assert.Equal("", Kinds(log, reader));
        for (var i = 0; i < 100; i++)
        {
            log.Interrupt();
            Assert.Equal(i == 0 ? "Interrupted" : "Restored Interrupted", Kinds(log, reader));
            log.StandBy();
            log.StandBy();
            Assert.Equal("Standby", Kinds(log, reader));
            Assert.Equal(2, Interruptions(log));
            log.Restore();
        }

        Add(log, 1);
        log.Interrupt();
        Assert.Equal("Interrupted Standby Restored Item Interrupted", Kinds(log, stuck));
        Assert.Equal("Restored Item Interrupted", Kinds(log, reader));
    }

    [Fact]
    public void P20_a_burst_wakes_readers_once_at_its_end_and_what_is_published_outside_of_one_immediately()
    {
        var (wakeUps, topic) = (new ReaderWakeUps(), new CountedTopic());
        wakeUps.Use();
        wakeUps.BeginBurst();
        wakeUps.Add(topic);
        Assert.Equal(0, topic.Wakes);
        wakeUps.EndBurst();
        Assert.Equal(1, topic.Wakes);
        wakeUps.EndBurst();
        Assert.Equal(1, topic.Wakes);
        wakeUps.Add(topic);
        Assert.Equal(2, topic.Wakes);
    }

    [Fact]
    public void P20_a_reader_that_waits_is_to_be_woken_once_however_much_is_published()
    {
        var log = new TopicLog<int>();
        var (waiting, reader) = (new WaitingReaders<int>(), Reader(log, 8));
        Assert.False(waiting.TryBeginWake());
        waiting.Add(reader);
        waiting.Add(reader);
        Assert.True(waiting.TryBeginWake());
        Assert.False(waiting.TryBeginWake());
        Assert.Same(reader, waiting.Take());
        Assert.Null(reader.NextWaiting);
        Assert.False(waiting.TryBeginWake());
    }

    private static TopicReader<int> Reader(TopicLog<int> log, int capacity) =>
        new(null!, log, null!, new() { Capacity = capacity, WhenFull = LateWhenFull.DropOldest }) { EndsWithSession = false };

    private static void Add(TopicLog<int> log, int count)
    {
        for (var i = 0; i < count; i++)
        {
            log.Add(i);
        }
    }

    private static int Kept(TopicLog<int> log) => ((int[])Field(log, "_items")).Length;

    private static string Kinds(TopicLog<int> log, TopicReader<int> reader)
    {
        var kinds = new List<string>();
        while (log.Read(reader, out var next) != Reading.Nothing)
        {
            kinds.Add($"{next.Kind}");
        }

        return string.Join(' ', kinds);
    }

    private static int Interruptions(TopicLog<int> log) => ((System.Collections.ICollection)Field(log, "_interruptions")).Count;

    private static object Field(TopicLog<int> log, string name) => typeof(TopicLog<int>).GetField(name, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(log)!;

    private sealed class CountedTopic : ItemSource
    {
        public int Wakes { get; private set; }

        public override void WakeReaders() => Wakes++;
    }
}
