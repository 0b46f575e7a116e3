using System.Diagnostics;
using System.Diagnostics.Metrics;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Leases.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

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

    [Theory]
    [InlineData("", 10)]
    [InlineData(";Maximum Pool Size=3", 3)]
    [InlineData(";MaxPoolSize=3", 3)]
    [InlineData(";Minimum Pool Size=12", 12)]
    public async Task A_host_with_many_keys_leaves_connections_of_PostgreSQL_to_other_hosts(string setting, int most)
    {
        await using var server = StoreServer.Make("postgres");
        await server.StartAsync();
        var address = server.AddressOf(server.Port);
        await using var services = Services("postgres", address + setting);
        var leases = services.GetRequiredService<ILateLeaseStore>();

        await Task.WhenAll(Enumerable.Range(0, 300).Select(key => leases.TryAcquireAsync($"key {key}", "a", s_ttl, Token).AsTask()));

        await using var other = new NpgsqlConnection(address + ";Pooling=false");
        await other.OpenAsync(Token);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()", other);
        Assert.InRange((long)(await count.ExecuteScalarAsync(Token))!, 1, most);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P21_A_renewal_waits_for_no_acquisition_of_a_host_with_many_keys(bool ownsPool)
    {
        await using var server = StoreServer.Make("postgres");
        await server.StartAsync();
        var address = server.AddressOf(server.Port) + ";Maximum Pool Size=4";
        await using var pool = NpgsqlDataSource.Create(address);
        await using var services = ownsPool ? Services("postgres", address) : new ServiceCollection().AddLatePostgresLeases(_ => pool).BuildServiceProvider();
        var leases = services.GetRequiredService<ILateLeaseStore>();
        var names = Enumerable.Range(0, 20).Select(static key => $"key {key}").ToArray();
        Assert.Equal(LateLeaseAnswer.Granted(1), await leases.TryAcquireAsync("feed", "a", s_ttl, Token));
        foreach (var name in names)
        {
            await leases.TryAcquireAsync(name, "a", s_ttl, Token);
            await leases.ReleaseAsync(name, 1, Token);
        }

        // Another transaction holds their rows: acquisitions wait for it.
        await using var other = new NpgsqlConnection(address + ";Pooling=false");
        await other.OpenAsync(Token);
        var transaction = await other.BeginTransactionAsync(Token);
        await using var hold = new NpgsqlCommand("SELECT FROM late_leases WHERE name <> 'feed' FOR UPDATE", other, transaction);
        await hold.ExecuteNonQueryAsync(Token);
        var acquiring = names.Select(name => leases.TryAcquireAsync(name, "a", s_ttl, Token).AsTask()).ToArray();

        Assert.True(await leases.TryRenewAsync("feed", 1, s_ttl, Token));
        Assert.All(acquiring, static acquisition => Assert.False(acquisition.IsCompleted));

        await transaction.RollbackAsync(Token);
        Assert.All(await Task.WhenAll(acquiring), static answer => Assert.Equal(2, answer.Token));
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task P21_A_stop_during_a_request_leaves_no_lease_without_an_owner(string store)
    {
        await using var server = StoreServer.Make(store);
        await server.StartAsync();
        await using var services = Services(store, server.AddressOf(server.Port));
        var leases = services.GetRequiredService<ILateLeaseStore>();
        await leases.TryAcquireAsync("warm", "a", s_ttl, Token);
        using var meter = new Meter("Late.Hosting.Leases.Tests");
        var metrics = new LeaseMetrics(meter.CreateCounter<long>("requests"));

        // The stop comes at another moment of the request in each round. No time passes on the clock: no request is too late.
        for (var round = 0; round < 40; round++)
        {
            var name = $"feed {round}";
            var requests = new LeaseRequests(leases, name, "Feed", new ManualClock(), metrics);
            var owner = new LeaseOwner();
            using var stop = new CancellationTokenSource();
            var (began, moment) = (Stopwatch.GetTimestamp(), TimeSpan.FromMicroseconds(50 * round));
            var asking = requests.TryAcquireAsync(owner, s_ttl, TimeSpan.FromSeconds(4), stop.Token);
            SpinWait.SpinUntil(() => asking.IsCompleted || Stopwatch.GetElapsedTime(began) >= moment);
            await stop.CancelAsync();
            var granted = await Task.WhenAny(asking) is { IsCompletedSuccessfully: true } ? (await asking).Token : null;
            await requests.EndAsync(owner);
            await leases.ReleaseAsync(name, granted ?? 0, Token);

            Assert.NotNull((await leases.TryAcquireAsync(name, "b", s_ttl, Token)).Token);
        }
    }

    [Fact]
    public async Task A_database_that_isolates_transactions_more_than_by_default_is_asked_again_where_hosts_ask_together()
    {
        await using var server = StoreServer.Make("postgres");
        await server.StartAsync();
        await using var services = Services("postgres", server.AddressOf(server.Port) + ";Options=-c default_transaction_isolation=serializable");
        var leases = services.GetRequiredService<ILateLeaseStore>();
        await leases.TryAcquireAsync("warm", "a", s_ttl, Token);
        for (var round = 0; round < 20; round++)
        {
            var name = $"feed {round}";
            var answers = await TogetherAsync(host => leases.TryAcquireAsync(name, $"host {host}", s_ttl, Token));
            Assert.Single(answers, static answer => answer.Token is not null);
            Assert.All(await TogetherAsync(_ => leases.TryRenewAsync(name, 1, s_ttl, Token)), Assert.True);
            await TogetherAsync(async _ =>
            {
                await leases.ReleaseAsync(name, 1, Token);
                return true;
            });
        }

        static async Task<T[]> TogetherAsync<T>(Func<int, ValueTask<T>> ask) => await Task.WhenAll(Enumerable.Range(0, 10).Select(host => Task.Run(async () => await ask(host))));
    }

    private static ServiceProvider Services(string store, string address) => (store == "redis"
        ? new ServiceCollection().AddLateRedisLeases(address)
        : new ServiceCollection().AddLatePostgresLeases(address)).BuildServiceProvider();
}
