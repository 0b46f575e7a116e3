using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>The clock that calls share.</summary>
public sealed class CallClockTests
{
    // In seconds, as a floating-point number, it is a little less.
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromMilliseconds(1632);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_no_call_ends_before_its_time_has_passed()
    {
        var handler = new ScriptedHandler { Call = static (_, _, state, _) => LateResult.Ok(state) };
        await using var host = new TestHost(handler, static options => options.CallTimeout = s_callTimeout);
        await host.ReadyAsync();
        var first = host.Client.CallAsync(new Ask("first"), Token);
        host.Time.Advance(TimeSpan.FromTicks(1));
        var second = host.Client.CallAsync(new Ask("second"), Token);
        await handler.SkipToAsync("Call second");

        // The clock looks at both when the time of the first has passed.
        host.Time.Advance(s_callTimeout - TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => first);
        Assert.False(second.IsCompleted);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => second);
    }
}
