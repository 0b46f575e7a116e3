using System.Diagnostics.Metrics;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Leases.Spreading;
using Late.Hosting.Leases.Tests.Support;

namespace Late.Hosting.Leases.Tests;

/// <summary>How the hosts of a supervisor count one another, and which keys they hand over. Times: seats end after 8 s, the leases of keys after 15 s.</summary>
public sealed class SpreadTests : IDisposable
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromSeconds(15);

    private readonly ManualClock _clock = new();
    private readonly MemoryStore _store;
    private readonly LateLeaseOptions _options = new();
    private readonly Meter _meter = new("Late.Hosting.Leases.Tests");

    public SpreadTests() => _store = new MemoryStore(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Hosts_count_one_another_by_their_seats_and_move_up_when_one_has_left()
    {
        var (one, two, three) = (CreateSeats(), CreateSeats(), CreateSeats());
        Assert.Equal(new(1, 0), await LookAsync(one));
        Assert.Equal(new(2, 1), await LookAsync(two));
        Assert.Equal(new(3, 2), await LookAsync(three));
        Assert.Equal(new(3, 0), await LookAsync(one));
        Assert.Equal(new(3, 1), await LookAsync(two));
        Assert.Null(_store.Held("devices:host:3"));

        await two.LeaveAsync();
        Assert.Equal(new(2, 0), await LookAsync(one));
        Assert.Equal(new(2, 1), await LookAsync(three));
        Assert.Null(_store.Held("devices:host:2"));
    }

    [Fact]
    public async Task A_host_that_was_killed_is_counted_no_more_before_the_leases_of_its_keys_end()
    {
        var (one, two) = (CreateSeats(), CreateSeats());
        await LookAsync(one);
        await LookAsync(two);
        for (var i = 0; i < 3; i++)
        {
            _clock.Pass(2);
            Assert.Equal(new(2, 1), await LookAsync(two));
        }

        _clock.Pass(2);
        Assert.Equal(new(1, 0), await LookAsync(two));
    }

    [Fact]
    public async Task A_store_that_refuses_all_seats_is_not_asked_without_end()
    {
        for (var i = 0; i < 300; i++)
        {
            _store.Grant($"devices:host:{i}", TimeSpan.FromHours(1));
        }

        Assert.Equal(new(257, 0), await LookAsync(CreateSeats()));
    }

    [Fact] // A seat is refused too while another host looks whether it is free.
    public void A_host_counts_when_it_was_seen_three_times_and_no_more_as_soon_as_it_is_not()
    {
        var hosts = new HostCount();
        Assert.Equal([1, 1, 1, 1, 1, 2, 1], new[] { 2, 2, 1, 2, 2, 2, 1 }.Select(seen =>
        {
            hosts.Note(new(seen, 0));
            return hosts.Hosts;
        }));
        Assert.Equal(1, hosts.Joins);
    }

    [Theory]
    [InlineData(10, 2)]
    [InlineData(10, 3)]
    [InlineData(2, 3)]
    [InlineData(1000, 7)]
    public void The_shares_of_all_hosts_are_all_keys(int keys, int hosts)
    {
        var shares = Enumerable.Range(0, hosts).Select(rank =>
        {
            var count = new HostCount();
            for (var i = 0; i < 3; i++)
            {
                count.Note(new(hosts, rank));
            }

            return count.ShareOf(keys);
        }).ToList();
        Assert.Equal(keys, shares.Sum());
        Assert.InRange(shares.Max() - shares.Min(), 0, 1);
    }

    [Fact]
    public void Twice_as_many_keys_are_handed_over_each_time_that_others_have_taken_all()
    {
        var (handOvers, hosts, keys) = (new HandOvers(_clock), Joined(), CreateKeys(20));
        _clock.Pass(15);
        foreach (var count in new[] { 1, 2, 4, 3 })
        {
            var chosen = handOvers.Next(keys, hosts, 10, s_ttl).ToList();
            Assert.Equal(count, chosen.Count);
            Assert.Empty(handOvers.Next(keys, hosts, 10, TimeSpan.FromHours(1)));
            chosen.ForEach(key => handOvers.Answered(key, isBack: false, s_ttl));
            keys.RemoveAll(chosen.Contains);
        }

        Assert.Empty(handOvers.Next(keys, hosts, 10, s_ttl));
    }

    [Fact] // One whose connection fails again and again is always new.
    public void A_key_that_came_a_moment_ago_is_neither_handed_over_nor_counted()
    {
        var (handOvers, hosts, keys) = (new HandOvers(_clock), Joined(), CreateKeys(2));
        _clock.Pass(14);
        keys.AddRange(CreateKeys(1));
        Assert.Empty(handOvers.Next(keys, hosts, 1, s_ttl));
        _clock.Pass(1);
        Assert.Empty(handOvers.Next(keys, hosts, 2, s_ttl));
        Assert.Same(keys[0], Assert.Single(handOvers.Next(keys, hosts, 1, s_ttl)));
    }

    [Fact]
    public void A_key_that_no_other_host_takes_comes_back_and_rests_and_the_pause_before_the_next_one_grows()
    {
        var (handOvers, hosts, keys) = (new HandOvers(_clock), Joined(), CreateKeys(3));
        _clock.Pass(15);
        var seen = new List<SpreadKey>();
        foreach (var pause in new[] { 15, 30, 60 })
        {
            var key = Assert.Single(handOvers.Next(keys, hosts, 1, s_ttl));
            seen.Add(key);
            handOvers.Answered(key, isBack: true, s_ttl);
            _clock.Pass(pause - 1);
            Assert.Empty(handOvers.Next(keys, hosts, 1, s_ttl));
            _clock.Pass(1);
        }

        Assert.Equal(3, seen.Distinct().Count());
        Assert.Empty(handOvers.Next(keys, hosts, 1, s_ttl));
        _clock.Pass(600);
        Assert.Single(handOvers.Next(keys, hosts, 1, s_ttl));
    }

    [Fact]
    public void A_host_that_joins_may_have_what_no_other_host_wanted()
    {
        var (handOvers, hosts, keys) = (new HandOvers(_clock), Joined(), CreateKeys(1));
        _clock.Pass(15);
        handOvers.Answered(Assert.Single(handOvers.Next(keys, hosts, 0, s_ttl)), isBack: true, s_ttl);
        Join(hosts, 3);
        Assert.Single(handOvers.Next(keys, hosts, 0, s_ttl));
    }

    [Fact] // It was stopped while it was handed over: no request for it follows.
    public void A_key_for_which_no_request_follows_delays_no_other()
    {
        var (handOvers, hosts, keys) = (new HandOvers(_clock), Joined(), CreateKeys(2));
        _clock.Pass(15);
        Assert.Single(handOvers.Next(keys, hosts, 0, s_ttl));
        _clock.Pass(29);
        Assert.Empty(handOvers.Next(keys, hosts, 0, s_ttl));
        _clock.Pass(1);
        Assert.Single(handOvers.Next(keys, hosts, 0, s_ttl));
    }

    private static HostCount Joined()
    {
        var hosts = new HostCount();
        Join(hosts, 2);
        return hosts;
    }

    private static void Join(HostCount hosts, int count)
    {
        for (var i = 0; i < 3; i++)
        {
            hosts.Note(new(count, 0));
        }
    }

    private List<SpreadKey> CreateKeys(int count) => [.. Enumerable.Range(0, count).Select(_ => new SpreadKey { Since = _clock.GetTimestamp() })];

    private Seats CreateSeats() =>
        new(number => new LeaseRequests(_store, $"devices:host:{number}", "Devices", _clock, new LeaseMetrics(_meter.CreateCounter<long>("requests"))));

    private Task<SeatLook> LookAsync(Seats seats) => seats.LookAsync(_options, Token);
}
