using GatewayBot.Tests.Support;

namespace GatewayBot.Tests;

/// <summary>One session of the gateway through all that ends its connections, under load: in one order, and in any.</summary>
public sealed class GatewayTroubleTests : IAsyncLifetime
{
    private const int Times = 20;

    private TestGateway _gateway = null!;
    private GatewayTrouble _trouble = null!;
    private int _requests;

    public async ValueTask InitializeAsync()
    {
        _gateway = await TestGateway.CreateAsync();
        _gateway.Main.Requested = _ => Task.FromResult(Interlocked.Increment(ref _requests) > 0);
        _trouble = new GatewayTrouble(_gateway);
        await _gateway.Bot.StartAsync();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task One_session_survives_20_reconnect_requests_20_zombies_20_drops_a_rotation_a_reload_and_a_dead_resume_address_under_load()
    {
        for (var i = 0; i < Times; i++)
        {
            await _trouble.ReconnectRequestAsync();
            await _trouble.ZombieAsync();
            await _trouble.DropAsync();
        }

        await _trouble.RotationAsync();
        await _trouble.ReloadAsync();
        Assert.Equal(1, _requests);
        await _trouble.DeadResumeAddressAsync();

        await EveryEventCameOnceAndInOrderAsync();
        Assert.Equal(2, _requests);
        Assert.Equal((3 * Times) + 3, _trouble.Count);
    }

    [Theory]
    [MemberData(nameof(Seeds.All), MemberType = typeof(Seeds))]
    public async Task One_session_survives_them_in_any_order_and_connections_that_are_lost_before_it_is_resumed(int seed)
    {
        Func<Task>[] all =
        [
            .. Enumerable.Repeat(_trouble.ReconnectRequestAsync, Times),
            .. Enumerable.Repeat(_trouble.ZombieAsync, Times),
            .. Enumerable.Repeat(_trouble.DropAsync, Times / 2),
            .. Enumerable.Repeat(_trouble.DropTwiceAsync, Times / 2),
            _trouble.RotationAsync,
            _trouble.ReloadAsync,
            _trouble.DeadResumeAddressAsync,
        ];
        new Random(seed).Shuffle(all);
        foreach (var happenAsync in all)
        {
            await happenAsync();
        }

        await EveryEventCameOnceAndInOrderAsync();
        Assert.Equal(_trouble.AtMain, _requests);
    }

    private async Task EveryEventCameOnceAndInOrderAsync()
    {
        await _gateway.Bot.Events.ReachAsync(_gateway.Published);
        Assert.Equal((1, 0), (_gateway.Server.Begun, _gateway.Server.Invalidated));
        Assert.Equal(_trouble.Published, _gateway.Published);
        Assert.Equal(Enumerable.Range(1, _gateway.Published).Select(static number => (long)number), _gateway.Bot.Events.Numbers);
    }
}
