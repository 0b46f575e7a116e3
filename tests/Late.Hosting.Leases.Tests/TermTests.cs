using System.Diagnostics.Metrics;
using Late.Hosting.Configuration;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Ownership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Late.Hosting.Leases.Tests;

/// <summary>Promise P21 on the clocks of a host that is frozen, suspended, or whose time of day is set. Times: 15 s, of which 3 s are the margin.</summary>
public sealed class TermTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly MemoryStore _store;
    private readonly OwnedRecorder _connection;
    private readonly Meter _meter = new("Late.Hosting.Leases.Tests");
    private readonly CurrentOptions<LateLeaseOptions> _settings;
    private readonly OptionsReload<LateLeaseOptions> _reload = new();
    private TimeSpan _ttl = TimeSpan.FromSeconds(15);

    public TermTests()
    {
        (_store, _connection) = (new MemoryStore(_clock), new OwnedRecorder(_clock));
        _settings = new(() => new LateLeaseOptions { Ttl = _ttl }, [_reload], static (_, _) => { });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _settings.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task P21_A_host_that_was_frozen_writes_nothing_before_it_notices_that_the_lease_is_over()
    {
        var term = await AcquireAsync();
        Assert.True(term.MayWrite);

        _clock.Pass(30);
        Assert.False(term.MayWrite);
        _clock.RunDue();
        Assert.Equal("lost", await _connection.NextAsync());
        Assert.False(term.MayWrite);
    }

    [Theory]
    [InlineData(11.999, true)]
    [InlineData(13.499, true)]
    [InlineData(13.5, false)]
    [InlineData(15, false)]
    public async Task P21_Half_of_the_margin_is_left_between_the_last_write_and_the_end_of_the_lease(double seconds, bool mayWrite)
    {
        var term = await AcquireAsync();
        _clock.Pass(seconds);
        Assert.Equal(mayWrite, term.MayWrite);
    }

    [Fact]
    public async Task P21_A_host_that_continues_shortly_before_the_end_has_what_is_left_for_its_goodbye()
    {
        var term = await AcquireAsync();
        _store.Before = static (_, _) => new TaskCompletionSource().Task;
        _clock.Pass(13);
        _clock.RunDue();
        Assert.Equal("ends early within 0.5 s", await _connection.NextAsync());
        Assert.True(term.MayWrite);
        _clock.Pass(0.5);
        _clock.RunDue();
        Assert.Equal("lost", await _connection.NextAsync());
    }

    [Fact] // The clock that timers count by stands still while a machine is suspended; the time of day does not.
    public async Task P21_A_machine_that_was_suspended_writes_nothing_until_the_lease_is_renewed()
    {
        var term = await AcquireAsync();
        _clock.SetWall(TimeSpan.FromHours(1));
        Assert.False(term.MayWrite);
    }

    [Fact]
    public async Task P21_A_time_of_day_that_is_set_back_prolongs_nothing_and_ends_nothing()
    {
        var term = await AcquireAsync();
        _clock.SetWall(TimeSpan.FromHours(-1));
        _clock.Pass(12);
        Assert.True(term.MayWrite);
        _clock.Pass(1.5);
        Assert.False(term.MayWrite);
    }

    [Fact]
    public async Task P21_Each_renewal_moves_the_end_and_the_goodbye()
    {
        var term = await AcquireAsync();
        for (var i = 0; i < 10; i++)
        {
            await RenewAsync();
            Assert.True(term.MayWrite);
        }

        Assert.True(_connection.HasNone);
        await term.ReleaseAsync(Token);
        Assert.Equal("Release", (await _store.NextAsync()).Operation);
        Assert.False(term.MayWrite);
    }

    [Fact]
    public async Task P21_A_store_that_takes_a_renewal_back_ends_the_lease_immediately()
    {
        var term = await AcquireAsync();
        await RenewAsync();
        _store.Renewing = static _ => false;
        await _clock.WaitForTimerAsync(4);
        _clock.Pass(4);
        _clock.RunDue();
        Assert.Equal("lost", await _connection.NextAsync());
        Assert.False(term.MayWrite);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3600)]
    [InlineData(7)]
    public async Task P21_A_reload_that_shortens_Ttl_takes_effect_with_its_first_renewal_also_where_the_answer_is_lost(double wall)
    {
        var term = await AcquireAsync();
        _clock.SetWall(TimeSpan.FromSeconds(wall));
        _ttl = TimeSpan.FromSeconds(7);
        _reload.Run();
        _store.Renewing = static _ => throw new IOException("The answer is lost.");
        await _clock.WaitForTimerAsync(4);
        _clock.Pass(4);
        _clock.RunDue();
        Assert.Equal("Renew", (await _store.NextAsync()).Operation);

        // By the lease of before, which lasts 15 s from its acquisition: until 13.5 s by either clock. By the reload: 5.5 s from the renewal.
        _clock.Pass(wall > 0 ? 2.499 : 5.499);
        Assert.True(term.MayWrite);
        _clock.Pass(0.001);
        Assert.False(term.MayWrite);
    }

    [Fact]
    public async Task P21_What_is_granted_to_a_request_that_a_stop_has_interrupted_is_released_before_the_stop_ends()
    {
        var (asked, hold) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _store.Before = (_, canceled) =>
        {
            asked.TrySetResult();
            return hold.Task.WaitAsync(canceled);
        };
        using var stopping = new CancellationTokenSource();
        var acquiring = Keeper().AcquireAsync(stopping.Token);
        await asked.Task.WaitAsync(Token);
        await stopping.CancelAsync();
        await _clock.WaitForTimerAsync(1);
        Assert.False(acquiring.IsCompleted);
        hold.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring);
        Assert.Equal(["Acquire", "Release"], [(await _store.NextAsync()).Operation, (await _store.NextAsync()).Operation]);
        Assert.Null(_store.Held("feed"));
    }

    [Fact]
    public async Task A_stop_waits_for_a_store_that_does_not_answer_for_a_second()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Before = (_, _) =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        using var stopping = new CancellationTokenSource();
        var acquiring = Keeper().AcquireAsync(stopping.Token);
        await asked.Task.WaitAsync(Token);
        await stopping.CancelAsync();
        await _clock.WaitForTimerAsync(1);
        _clock.Pass(1);
        _clock.RunDue();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring);
    }

    [Fact] // A request that is not answered is asked again after a quarter of the time between two renewals.
    public async Task A_renewal_that_fails_is_repeated_before_the_lease_ends()
    {
        var term = await AcquireAsync();
        var attempts = 0;
        _store.Before = (_, _) => Interlocked.Increment(ref attempts) < 3 ? throw new IOException("The store is away.") : Task.CompletedTask;
        await _clock.WaitForTimerAsync(4);
        _clock.Pass(4);
        _clock.RunDue();
        for (var i = 0; i < 2; i++)
        {
            await _clock.WaitForTimerAsync(1);
            _clock.Pass(1);
            _clock.RunDue();
        }

        Assert.Equal("Renew", (await _store.NextAsync()).Operation);
        await _clock.WaitForTimerAsync(12);
        Assert.True(term.MayWrite);
        Assert.True(_connection.HasNone);
    }

    private LeaseKeeper Keeper() => new(new LeaseParts(
        new LeaseRequests(_store, "feed", "Feed", _clock, new LeaseMetrics(_meter.CreateCounter<long>("requests"))),
        _settings,
        _connection,
        static () => 0,
        new LeaseLog(NullLogger.Instance)));

    private async Task<ITerm> AcquireAsync()
    {
        var term = await Keeper().AcquireAsync(Token);
        await _store.NextAsync();
        await _clock.WaitForTimerAsync(4);
        await _clock.WaitForTimerAsync(12);
        return term;
    }

    private async Task RenewAsync()
    {
        await _clock.WaitForTimerAsync(4);
        _clock.Pass(4);
        _clock.RunDue();
        Assert.Equal("Renew", (await _store.NextAsync()).Operation);
        await _clock.WaitForTimerAsync(12);
    }
}
