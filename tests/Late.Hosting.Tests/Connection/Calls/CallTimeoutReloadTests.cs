using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>P5: a call ends within the timeout that was in force when it began, also where a reload has changed that since an earlier call.</summary>
public sealed class CallTimeoutReloadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("00:00:30", "00:00:03")]
    [InlineData("00:00:03", "00:00:30")]
    public async Task P5_each_call_ends_within_its_own_CallTimeout(string before, string after)
    {
        await using var host = new TestHost(NumberedCalls.Handler(new LatePendingCalls()), settings: new() { ["Late:Forwarding:CallTimeout"] = before });
        var socket = await host.ReadyAsync();
        var first = host.Client.CallAsync(new Ask("1"), Token);
        await socket.SentAsync();
        host.Configuration["Late:Forwarding:CallTimeout"] = after;
        host.Configuration.Reload();
        var second = host.Client.CallAsync(new Ask("2"), Token);
        await socket.SentAsync();
        var (shorter, longer) = before == "00:00:03" ? (first, second) : (second, first);

        host.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((true, false), (shorter.IsCompleted, longer.IsCompleted));
        host.Time.Advance(TimeSpan.FromSeconds(27));
        Assert.True(longer.IsCompleted);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => shorter);
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => longer);
    }
}
