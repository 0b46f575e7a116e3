using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>
/// A call that is over gives back its slot at that moment: the next call is admitted before a post that comes then, and reaches the handler
/// before it.
/// </summary>
public sealed class CallSlotReleaseTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler;

    public CallSlotReleaseTests() => _handler = NumberedCalls.Handler(_pending);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("reply")]
    [InlineData("failure")]
    [InlineData("timeout")]
    [InlineData("cancellation, then a reply")]
    [InlineData("cancellation, then a failure")]
    [InlineData("cancellation, then CallTimeout")]
    public async Task The_next_call_has_the_slot_of_one_that_ends_by(string way)
    {
        await using var host = new TestHost(_handler, static options => (options.MaxConcurrentCalls, options.KeepAliveInterval) = (1, TimeSpan.FromHours(1)));
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var first = host.Client.CallAsync(new Ask("first"), caller.Token);
        Assert.Equal("1 first", await socket.SentAsync());
        await _handler.SkipToAsync("Call first");
        var next = host.Client.CallAsync(new Ask("next"), Token);
        foreach (var step in way.Split(", then "))
        {
            await EndAsync(step, host, caller);
            Assert.True(first.IsCompleted);
        }

        await host.Client.PostAsync(new Note("after"), Token);
        Assert.Equal("Call next", await _handler.NextAsync());
        Assert.Equal("Info after", await _handler.NextAsync());
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task The_next_call_has_the_slot_of_one_whose_callback_throws()
    {
        _handler.Call = static (request, _, state, _) => request.Text == "bad" ? throw new FormatException() : LateResult.Ok(state);
        await using var host = new TestHost(_handler, static options => options.MaxConcurrentCalls = 1);
        await host.ReadyAsync();
        var (bad, next) = (host.Client.CallAsync(new Ask("bad"), Token), host.Client.CallAsync(new Ask("next"), Token));
        await Assert.ThrowsAsync<FormatException>(() => bad);

        await host.Client.PostAsync(new Note("after"), Token);
        await _handler.SkipToAsync("Call bad");
        Assert.Equal("Call next", await _handler.NextAsync());
        Assert.False(next.IsCompleted);
    }

    private async Task EndAsync(string step, TestHost host, CancellationTokenSource caller)
    {
        switch (step)
        {
            case "reply":
                _pending.Reply(1, "yes");
                break;
            case "failure":
                _pending.Fail(1, new FormatException());
                break;
            case "cancellation":
                await caller.CancelAsync();
                break;
            default:
                host.Time.Advance(s_callTimeout);
                break;
        }
    }
}
