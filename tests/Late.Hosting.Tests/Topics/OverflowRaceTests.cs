using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Tests.Topics;

/// <summary>A reader that takes an item in the moment in which its topic finds that it has overflowed.</summary>
public sealed class OverflowRaceTests
{
    [Fact]
    public void P20_a_reader_that_was_removed_for_its_overflow_reports_it_also_where_it_took_an_item_in_that_moment()
    {
        var log = new TopicLog<int>();
        var reader = new TopicReader<int>(null!, log, null!, new LateSubscribeOptions { Capacity = 1 }) { EndsWithSession = false, IsConfirmed = true };
        log.Add(reader);
        for (var i = 0; i < 17; i++)
        {
            log.Add(i);
            reader.Position++;
        }

        log.Add(17);

        // Here the reader has seen (TryTake) that its item is still there ...
        var taken = reader.Position;
        log.Add(18);
        Assert.True(log.ChecksReaders);
        Assert.Equal([reader], log.TakeOverflowed());

        // ... and takes it.
        reader.Position = taken + 1;
        log.Read(reader, out _);
        reader.Position = log.Head;
        Assert.Equal(Reading.Overflow, log.Read(reader, out _));
    }
}
