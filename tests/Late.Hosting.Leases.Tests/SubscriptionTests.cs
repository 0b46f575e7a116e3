using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Testing;

namespace Late.Hosting.Leases.Tests;

/// <summary>Promise P20 where a lease is lost: a subscription continues when this host has it again, and its readers see in between that another has it.</summary>
public sealed class SubscriptionTests
{
    private readonly LateTestClock _clock = new();
    private readonly MemoryStore _store;

    public SubscriptionTests() => _store = new MemoryStore(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P20_A_reader_sees_in_its_place_that_the_connection_stands_by()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        await using var numbers = await host.Client.SubscribeAsync(new Numbers(), cancellationToken: Token);
        session.Send("1");
        await session.ExpectAsync("re 1");
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await host.AdvanceToTimerAsync(4);
        Assert.Equal("1 Interrupted Standby", await EventsAsync(numbers, 3));

        await _store.NextAsync("Acquire");
        _store.Free(LeasedHost.Lease);
        await host.AskAgainAsync();
        session = await host.AcceptAsync();
        session.Send("2");
        Assert.Equal("Restored 2", await EventsAsync(numbers, 2));
    }

    [Fact] // The next one does not stand by.
    public async Task P20_A_reader_that_comes_to_it_later_sees_each_interruption_as_it_was()
    {
        await using var host = new LeasedHost(_store, _clock);
        var session = await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        await using var numbers = await host.Client.SubscribeAsync(new Numbers(), cancellationToken: Token);
        _store.Grant(LeasedHost.Lease, TimeSpan.FromMinutes(1));
        await host.AdvanceToTimerAsync(4);
        await host.StateAsync(LateConnectionState.Standby);
        await _store.NextAsync("Acquire");
        _store.Free(LeasedHost.Lease);
        await host.AskAgainAsync();
        session = await host.AcceptAsync();
        session.Send("1");
        await session.ExpectAsync("re 1");
        session.Drop();
        await host.Peer.WaitForBackoffAsync();
        Assert.Equal("Interrupted Standby Restored 1 Interrupted", await EventsAsync(numbers, 5));
    }

    private static async Task<string> EventsAsync(LateSubscription<int> numbers, int count)
    {
        var seen = new List<string>();
        await foreach (var next in numbers.ReadEventsAsync(Token))
        {
            seen.Add(next.Kind == LateSubscriptionEventKind.Item ? $"{next.Item}" : $"{next.Kind}");
            if (seen.Count == count)
            {
                break;
            }
        }

        return string.Join(' ', seen);
    }
}
