using System.Globalization;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>When the slot of a call is free whose caller has gone: <see cref="LateConnectionOptions.MaxConcurrentCalls"/>.</summary>
public sealed class CallSlotEndTests
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler = new();

    public CallSlotEndTests()
    {
        _handler.Call = (request, call, state, _) => LateResult.Send(state, LateFrame.Text($"{_pending.Add(call)} {request.Text}"));
        _handler.In = (frame, state, _) =>
        {
            var words = frame.GetText().Split(' ');
            _pending.Reply(int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
            return LateResult.Ok(state);
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(60)]
    public async Task A_canceled_call_keeps_its_slot_for_CallTimeout_at_most_however_long_its_own_timeout_is(int? seconds)
    {
        var timeout = seconds is { } own ? TimeSpan.FromSeconds(own) : Timeout.InfiniteTimeSpan;
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("canceled"), new LateCallOptions { Timeout = timeout }, caller.Token);
        Assert.Equal("1 canceled", await socket.SentAsync());
        host.Time.Advance(2 * s_callTimeout);
        var next = Call(host, "next");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);

        host.Time.Advance(s_callTimeout - TimeSpan.FromTicks(1));
        await host.Client.PostAsync(new Note("post"), Token);
        await _handler.SkipToAsync("Info post");
        Assert.False(socket.TrySent(out _));
        host.Time.Advance(TimeSpan.FromTicks(1));
        await _handler.SkipToAsync("Call next");
        Assert.Equal("2 next", await socket.SentAsync());
        Assert.Equal(1, _pending.Count);
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    [Fact]
    public async Task A_canceled_call_keeps_its_slot_for_its_own_timeout_where_that_is_shorter()
    {
        await using var host = Host();
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("canceled"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(2) }, caller.Token);
        var next = Call(host, "next");
        Assert.Equal("1 canceled", await socket.SentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("2 next", await socket.SentAsync());
        socket.Send("2 yes");
        Assert.Equal("yes", await next);
    }

    private TestHost Host() => new(_handler, static options => (options.MaxConcurrentCalls, options.KeepAliveInterval) = (1, TimeSpan.FromHours(1)));

    private static Task<string> Call(TestHost host, string text) => host.Client.CallAsync(new Ask(text), Token);
}
