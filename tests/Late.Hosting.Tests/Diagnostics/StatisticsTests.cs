using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Diagnostics;

public sealed class StatisticsTests
{
    [Fact]
    public void The_percentiles_are_those_of_the_last_calls()
    {
        var calls = new RecentCalls(new ObservedTime());
        Assert.Null(calls.Percentiles());
        for (var i = 0; i < 1000; i++)
        {
            calls.Note(TimeSpan.FromSeconds(100));
            calls.Count(hasFailed: true);
        }

        Assert.Equal((TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(100)), calls.Percentiles());
        for (var i = 256; i >= 1; i--)
        {
            calls.Note(TimeSpan.FromMilliseconds(i));
            calls.Count(hasFailed: false);
        }

        Assert.Equal((TimeSpan.FromMilliseconds(128), TimeSpan.FromMilliseconds(254)), calls.Percentiles());
        Assert.Equal((1256, 1000), (calls.Ended, calls.Failed));
    }

    [Fact]
    public void Of_more_than_1000_calls_within_10_ms_1000_are_measured()
    {
        var (time, measured) = (new ObservedTime(), 0);
        var calls = new RecentCalls(time);
        for (var i = 0; i < 8000; i++)
        {
            measured += calls.Measures(time.GetTimestamp()) ? 1 : 0;
            time.Advance(TimeSpan.FromMicroseconds(5));
        }

        Assert.Equal(4 * 1000, measured);
    }

    [Fact]
    public void A_list_of_recent_things_keeps_the_last()
    {
        var list = new RecentList<int>(capacity: 3);
        Assert.Empty(list.ToArray());
        for (var i = 1; i <= 5; i++)
        {
            list.Add(i);
        }

        Assert.Equal([3, 4, 5], list.ToArray());
        Assert.Equal(5, list.Last);
    }
}
