using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Support;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Tests.Diagnostics;

public sealed class ThrownTextTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void P12_an_exception_of_a_callback_is_shown_by_its_type() =>
        Assert.Equal("HandleIn threw FormatException.", ThrownText.Of("HandleIn", new FormatException("the password 'x' is wrong")));

    [Fact]
    public void A_misuse_of_the_library_is_shown_by_its_advice() =>
        Assert.Equal("HandleIn failed: Return another result.", ThrownText.Of("HandleIn", new MisuseException("Return another result.")));

    [Fact]
    public async Task A_result_that_cannot_be_applied_is_the_reason_of_the_session_s_end()
    {
        var handler = new ScriptedHandler
        {
            Connect = static (state, _) => new(LateResult.Ok(state).HoldClose()),
        };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Accept();
        await host.StateAsync(LateConnectionState.Reconnecting);

        Assert.Equal(
            "HandleConnect failed: HoldClose() and CloseWith() belong to the result of HandleClosing. To close the session from another callback, return LateResult.Stop or Reconnect.",
            host.Client.Status.Reason);
    }

    [Fact]
    public async Task A_connection_that_is_stopping_is_not_called_stopped()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, _) =>
            {
                entered.SetResult();
                await leave.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("slow"), Token);
        await entered.Task;

        var stop = host.StopAsync(Token);
        await host.StateAsync(LateConnectionState.Stopping);
        var error = await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.PostAsync(new Note("late"), Token).AsTask());
        leave.SetResult();
        await stop;

        Assert.StartsWith("Connection 'Forwarding' is stopping and accepts no more work. Nothing was sent.", error.Message, StringComparison.Ordinal);
    }
}
