using Late.Hosting.Leases.Tests.Support;
using Late.Hosting.Testing;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Leases.Tests;

/// <summary>Promise P13 for the options of leases: what is wrong stops the host at its start, and an invalid reload is ignored.</summary>
public sealed class OptionTests
{
    private readonly LateTestClock _clock = new();
    private readonly MemoryStore _store;

    public OptionTests() => _store = new MemoryStore(_clock);

    [Theory]
    [InlineData("Ttl", "00:00:00.500", "Late:Leases:feed:Ttl is 00:00:00.5000000. It is 1 second or more")]
    [InlineData("Ttl", "15", "Late:Leases:feed:Ttl")]
    [InlineData("Margin", "00:00:08", "Late:Leases:feed:Margin is 00:00:08, more than half of Ttl (00:00:15)")]
    [InlineData("AcquireInterval", "00:00:00", "Late:Leases:feed:AcquireInterval")]
    [InlineData("Tll", "00:00:10", "Late:Leases:feed:Tll")]
    public async Task P13_A_wrong_option_stops_the_host_at_its_start(string option, string value, string message)
    {
        await using var host = new LeasedHost(_store, _clock, settings: new() { [$"Late:Leases:feed:{option}"] = value });
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        Assert.Contains("Lease 'feed' cannot run with these settings:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_takes_effect_with_the_next_renewal_and_an_invalid_one_is_ignored()
    {
        await using var host = new LeasedHost(_store, _clock, settings: new() { ["Late:Leases:feed:Ttl"] = "00:00:33" });
        await host.ReadyAsync();
        await _store.NextAsync("Acquire");
        host.Configuration["Late:Leases:feed:Ttl"] = "00:00:15";
        host.Configuration.Reload();
        await host.AdvanceToTimerAsync(10);
        await _store.NextAsync("Renew");

        host.Configuration["Late:Leases:feed:Ttl"] = "soon";
        host.Configuration.Reload();
        await host.LoggedAsync("ReloadRefused");
        await host.AdvanceToRenewalAsync();
        await _store.NextAsync("Renew");
        await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task The_delegate_overrides_the_section()
    {
        await using var host = new LeasedHost(_store, _clock, lease: static options => options.Ttl = TimeSpan.FromSeconds(9), settings: new() { ["Late:Leases:feed:Ttl"] = "00:00:33" });
        await host.ReadyAsync();
        await host.AdvanceToTimerAsync(2);
        await _store.NextAsync("Renew");
    }
}
