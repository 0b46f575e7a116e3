namespace Late.Hosting.Testing.Tests;

/// <summary>The handler harness: a new life after a fault (promise P15).</summary>
public sealed class HandlerLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P15_a_new_life_begins_when_the_clock_has_passed_its_delay()
    {
        await using var test = await LateHandlerTest.ConnectAsync<FaultyHandler>(static _ => new FaultyHandler(), static options => options.OnFault = LateFaultBehavior.Restart);
        var first = test.Handler;
        await test.ReceiveAsync("fault");
        Assert.Equal((LateConnectionState.Faulted, LateCloseCode.InternalError), (test.Client.State, test.Closed?.Code));
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.ConnectAsync());

        await test.AdvanceAsync(TimeSpan.FromSeconds(1));
        await test.ConnectAsync();

        Assert.True(test.IsReady);
        Assert.NotSame(first, test.Handler);
        Assert.Equal((1, 0), (first.Terminated, test.Handler.Terminated));
        await test.ReceiveAsync("hello");
        Assert.Equal(["hello"], test.SentTexts);
    }

    [Fact]
    public async Task P15_a_new_life_begins_with_ReconnectAsync()
    {
        await using var test = await LateHandlerTest.ConnectAsync<FaultyHandler>(static _ => new FaultyHandler());
        var first = test.Handler;
        await test.ReceiveAsync("fault");

        await test.Client.ReconnectAsync("the account is open again", Token);
        await test.ConnectAsync();

        Assert.True(test.IsReady);
        Assert.NotSame(first, test.Handler);
    }

    [Fact]
    public async Task P3_each_of_several_lives_ends_once()
    {
        await using var test = await LateHandlerTest.ConnectAsync<FaultyHandler>(static _ => new FaultyHandler(), static options => options.OnFault = LateFaultBehavior.Restart);
        for (var i = 0; i < 3; i++)
        {
            await test.ReceiveAsync("fault");
            await test.AdvanceAsync(TimeSpan.FromMinutes(5));
            await test.ConnectAsync();
        }

        await test.StopAsync();
        Assert.Equal((LateConnectionState.Stopped, 1), (test.Client.State, test.Handler.Terminated));
    }

    private sealed class FaultyHandler : LateHandler<int>
    {
        public int Terminated { get; private set; }

        public override int Init(LateContext context) => 0;

        public override LateResult<int> HandleIn(LateFrame frame, int state) =>
            frame.GetText() == "fault" ? LateResult.Fault(state, "the account is closed") : LateResult.Send(state, LateFrame.Text(frame.GetText()));

        public override void HandleTerminate(LateTerminateReason reason, int state) => Terminated++;
    }
}
