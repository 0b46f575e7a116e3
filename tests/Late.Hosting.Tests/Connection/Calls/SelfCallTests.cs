using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Promise P14: calling oneself does not deadlock.</summary>
public sealed class SelfCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P14_a_call_to_oneself_fails_immediately_with_advice()
    {
        var handler = new ScriptedHandler();
        handler.Call = async (request, call, state, token) =>
        {
            if (request.Text == "late")
            {
                await Task.Yield();
            }

            await handler.Client.CallAsync(new Ask("inner"), token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        foreach (var when in new[] { "immediately", "late" })
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.CallAsync(new Ask(when), Token));
            Assert.Contains("PostAsync", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task P14_a_post_to_oneself_needs_no_room()
    {
        var handler = new ScriptedHandler();
        handler.Call = async (_, call, state, token) =>
        {
            for (var i = 0; i < 10; i++)
            {
                await handler.Client.PostAsync(new Note($"{i}"), token);
            }

            call.Reply("done");
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 1);
        await host.ReadyAsync();
        var calls = Enumerable.Range(0, 3).Select(_ => host.Client.CallAsync(new Ask(""), Token)).ToArray();

        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal("done", reply));
    }

    [Fact]
    public async Task P14_work_that_a_callback_leaves_running_may_call()
    {
        var handler = new ScriptedHandler();
        var (go, called) = (new TaskCompletionSource(), new TaskCompletionSource<Task<string>>());
        handler.Info = (_, state, _) =>
        {
            _ = Task.Run(async () =>
            {
                await go.Task;
                called.SetResult(handler.Client.CallAsync(new Ask("from outside"), Token));
            }, Token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note(""), Token);
        await host.Client.CallAsync(new Ask("after the post"), Token);
        go.SetResult();

        Assert.Equal("from outside", await await called.Task);
    }
}
