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

    private static IReadOnlyList<ILateConnectionInfo> Connections(SupervisedHost host) => host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections();
}
