using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>The stores that are servers, request by request.</summary>
public sealed class StoreTests
{
    private static readonly TimeSpan s_ttl = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task P21_A_lease_has_one_owner_and_others_receive_how_long_it_lasts(string store)
    {
        await using var server = StoreServer.Make(store);
        await server.StartAsync();
        await using var services = Services(store, server.AddressOf(server.Port));
        var leases = services.GetRequiredService<ILateLeaseStore>();

        Assert.Equal(LateLeaseAnswer.Granted(1), await leases.TryAcquireAsync("feed", "a", s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Granted(1), await leases.TryAcquireAsync("feed", "a", s_ttl, Token));
        var refused = await leases.TryAcquireAsync("feed", "b", s_ttl, Token);
        Assert.Null(refused.Token);
        Assert.InRange(refused.Left!.Value, TimeSpan.FromTicks(1), s_ttl);

        Assert.True(await leases.TryRenewAsync("feed", 1, s_ttl, Token));
        Assert.False(await leases.TryRenewAsync("feed", 2, s_ttl, Token));
        await leases.ReleaseAsync("feed", 1, Token);
        Assert.False(await leases.TryRenewAsync("feed", 1, s_ttl, Token));
        Assert.Equal(LateLeaseAnswer.Granted(2), await leases.TryAcquireAsync("feed", "b", s_ttl, Token));
    }

    private static ServiceProvider Services(string store, string address) => (store == "redis"
        ? new ServiceCollection().AddLateRedisLeases(address)
        : new ServiceCollection().AddLatePostgresLeases(address)).BuildServiceProvider();
}
