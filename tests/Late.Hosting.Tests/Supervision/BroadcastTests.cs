using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Supervision;

/// <summary><c>BroadcastAsync</c>: calls over all connections of a supervisor.</summary>
public sealed class BroadcastTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(50 * 24 * 60 * 60)]
    public async Task A_timeout_that_no_call_can_have_is_one_error_of_the_argument_and_no_call_begins(int seconds)
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        await host.ReadyAsync("a");
        await host.ReadyAsync("b");
        var wrong = new LateCallOptions { Timeout = TimeSpan.FromSeconds(seconds) };

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.Devices.BroadcastAsync(new Query(), wrong, Token));
        Assert.All(Connections(host), static connection => Assert.Equal(0, connection.GetStatistics().Calls));
        var outcomes = await host.Devices.BroadcastAsync(new Query(), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        Assert.Equal(["a", "b"], outcomes.Values.Select(static outcome => outcome.Reply).Order(StringComparer.Ordinal));
        Assert.All(Connections(host), static connection => Assert.Equal(1, connection.GetStatistics().Calls));
    }

    [Fact]
    public async Task Its_timeout_is_checked_where_there_is_no_connection_too()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => host.Devices.BroadcastAsync(new Query(), new LateCallOptions { Timeout = TimeSpan.Zero }, Token));
        Assert.Empty(await host.Devices.BroadcastAsync(new Query(), cancellationToken: Token));
    }

    [Fact]
    public async Task P5_a_key_that_is_removed_meanwhile_has_the_outcome_of_its_own_call_and_one_that_is_added_has_none()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        await host.ReadyAsync("a");
        await host.StartAsync("b");
        var broadcast = host.Devices.BroadcastAsync(new Query(), cancellationToken: Token);
        Assert.False(broadcast.IsCompleted);
        Assert.True(await host.Devices.StopAsync("b", Token));
        var outcomes = await broadcast;
        await host.ReadyAsync("c");

        Assert.Equal(["a", "b"], outcomes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("a", outcomes["a"].Reply);
        Assert.Equal(LateDelivery.NotDelivered, Assert.IsType<LateStoppedException>(outcomes["b"].Exception).Delivery);
    }

    [Fact]
    public async Task P5_a_key_that_has_another_connection_meanwhile_keeps_the_outcome_of_the_one_that_was_called()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        await host.StartAsync("a");
        var broadcast = host.Devices.BroadcastAsync(new Query(), cancellationToken: Token);
        var attempt = await host.Peers["a"].NextAttemptAsync();
        Assert.True(await host.Devices.StopAsync("a", Token));
        await host.ReadyAsync("a");

        var outcome = Assert.Single(await broadcast).Value;
        Assert.IsType<LateStoppedException>(outcome.Exception);
        Assert.True(attempt.IsEnded);
        Assert.Equal("a", Assert.Single(await host.Devices.BroadcastAsync(new Query(), cancellationToken: Token)).Value.Reply);
    }

    private static IReadOnlyList<ILateConnectionInfo> Connections(SupervisedHost host) => host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections();
}
