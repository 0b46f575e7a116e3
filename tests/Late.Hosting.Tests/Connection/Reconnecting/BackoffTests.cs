using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Tests.Connection.Reconnecting;

public sealed class BackoffTests
{
    private static readonly TimeSpan s_base = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan s_max = TimeSpan.FromSeconds(30);

    [Fact]
    public void P10_the_median_of_the_first_delay_is_about_BaseDelay()
    {
        var random = new Random(1);
        var first = Enumerable.Range(0, 10_001).Select(_ => new Backoff().Next(s_base, s_max, random.NextDouble)).Order().ToList();

        Assert.InRange(first[5000].TotalSeconds, 0.4, 0.5);
        Assert.InRange(first[^1].TotalSeconds, 0.65, 0.7);
    }

    [Fact]
    public void P10_at_the_maximum_delays_lie_evenly_between_its_half_and_its_whole()
    {
        var random = new Random(2);
        var backoff = new Backoff();
        var delays = Enumerable.Range(0, 2020).Select(_ => backoff.Next(s_base, s_max, random.NextDouble).TotalSeconds).ToList();

        Assert.All(delays, static delay => Assert.InRange(delay, 0, 30));
        foreach (var tenth in delays[20..].GroupBy(static delay => (int)((delay - 15) / 1.5)))
        {
            Assert.InRange(tenth.Key, 0, 9);
            Assert.InRange(tenth.Count(), 150, 250);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.999_999_999)]
    public void P10_no_draw_exceeds_the_maximum(double draw)
    {
        var backoff = new Backoff();

        Assert.All(
            Enumerable.Range(0, 3000).Select(_ => backoff.Next(s_base, s_max, () => draw)),
            static delay => Assert.InRange(delay, TimeSpan.Zero, s_max));
    }

    [Fact]
    public void P10_with_a_higher_maximum_delays_grow_on_from_where_the_lower_one_held_them()
    {
        var random = new Random(3);
        var backoff = new Backoff();
        for (var i = 0; i < 500; i++)
        {
            backoff.Next(s_base, s_max, random.NextDouble);
        }

        var delays = Enumerable.Range(0, 20).Select(_ => backoff.Next(s_base, TimeSpan.FromMinutes(15), random.NextDouble)).ToList();

        Assert.InRange(delays[0], TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3));
        Assert.All(delays[10..], static delay => Assert.InRange(delay, TimeSpan.FromMinutes(7.5), TimeSpan.FromMinutes(15)));
        Assert.InRange(backoff.Next(s_base, s_max, random.NextDouble), s_max / 2, s_max);
    }
}
