using Late.Hosting.Connection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Connection;

/// <summary>P9: nine tenths of what is left of the host's shutdown timeout are for what is still to stop.</summary>
public sealed class StopSharesTests
{
    private readonly FakeTimeProvider _time = new();
    private Stopped[] _stopped = [];

    [Fact]
    public async Task P9_the_shares_of_all_that_stop_one_after_the_other_end_within_the_timeout()
    {
        var shares = await StoppingAsync(30, isConcurrent: false, 15, 15, 15);

        Assert.Equal(27.0 / 45, shares.Begin(_stopped[0]), 3);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(18.9 / 30, shares.Begin(_stopped[1]), 3);
        _time.Advance(TimeSpan.FromSeconds(9.45));
        Assert.Equal((30 - 18.45) * 0.9 / 15, shares.Begin(_stopped[2]), 3);
    }

    [Fact]
    public async Task P9_what_ends_early_leaves_its_time_to_the_others()
    {
        var shares = await StoppingAsync(30, isConcurrent: false, 15, 15);

        Assert.Equal(27.0 / 30, shares.Begin(_stopped[0]), 3);
        Assert.Equal(1, shares.Begin(_stopped[1]));
    }

    [Theory]
    [InlineData(20, true, 1)] // Nothing waits for another.
    [InlineData(10, true, 0.6)]
    [InlineData(-1, false, 1)] // There is no limit.
    public async Task P9_a_share_is_that_of_the_hosts_options(int timeout, bool isConcurrent, double share) =>
        Assert.Equal(share, (await StoppingAsync(timeout, isConcurrent, 15, 15)).Begin(_stopped[0]), 3);

    [Fact]
    public async Task P9_when_the_time_is_over_nothing_is_left()
    {
        var shares = await StoppingAsync(10, isConcurrent: false, 15);
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(0, shares.Begin(_stopped[0]));
    }

    [Fact]
    public async Task What_the_host_does_not_stop_has_all_of_its_time()
    {
        var shares = Create(1, isConcurrent: false, 15);
        Assert.Equal(1, shares.Begin(_stopped[0]));

        await shares.StoppingAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, shares.Begin(new Stopped(TimeSpan.Zero)));
    }

    private StopShares Create(int timeout, bool isConcurrent, params IEnumerable<int> budgets)
    {
        var limit = timeout < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(timeout);
        var shares = new StopShares(_time, Options.Create(new HostOptions { ShutdownTimeout = limit, ServicesStopConcurrently = isConcurrent }));
        _stopped = [.. budgets.Select(static seconds => new Stopped(TimeSpan.FromSeconds(seconds)))];
        Array.ForEach(_stopped, shares.Add);
        return shares;
    }

    private async Task<StopShares> StoppingAsync(int timeout, bool isConcurrent, params IEnumerable<int> budgets)
    {
        var shares = Create(timeout, isConcurrent, budgets);
        await shares.StoppingAsync(TestContext.Current.CancellationToken);
        return shares;
    }

    private sealed class Stopped(TimeSpan stopBudget) : IStopped
    {
        public TimeSpan StopBudget => stopBudget;
    }
}
