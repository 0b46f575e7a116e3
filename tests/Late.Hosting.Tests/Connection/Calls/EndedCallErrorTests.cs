using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>A <c>HandleCall</c> that throws when its call has ended: there is no caller for its exception, and <c>HandlerErrors</c> is not for it.</summary>
public sealed class EndedCallErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("canceled", null, LateHandlerErrorBehavior.Stop)]
    [InlineData("canceled", 1, LateHandlerErrorBehavior.Restart)]
    [InlineData("timed out", null, LateHandlerErrorBehavior.Restart)]
    [InlineData("timed out", 1, LateHandlerErrorBehavior.Stop)]
    [InlineData("replied", null, LateHandlerErrorBehavior.Stop)]
    [InlineData("replied", 1, LateHandlerErrorBehavior.Restart)]
    public async Task P2_an_exception_of_HandleCall_whose_call_has_ended_is_logged_and_counted_and_the_connection_continues(string end, int? limit, LateHandlerErrorBehavior policy)
    {
        var (taken, hold) = (new TaskCompletionSource<LateCall<string>>(), new TaskCompletionSource());
        var handler = new ScriptedHandler
        {
            Call = async (_, call, _, _) =>
            {
                taken.SetResult(call);
                await hold.Task;
                throw new FormatException("late");
            },
        };
        await using var host = new TestHost(handler, options => (options.MaxConcurrentCalls, options.HandlerErrors) = (limit, policy));
        await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var call = host.Client.CallAsync(new Ask("a"), caller.Token);
        await handler.SkipToAsync("Call a");
        await EndAsync(end, await taken.Task, caller, host);
        await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        hold.SetResult();
        await host.LoggedAsync("CallbackThrew");
        await host.Client.PostAsync(new Note("after"), Token);

        Assert.Equal("Info after", await handler.NextAsync());
        var error = Assert.Single(host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single().GetRecentErrors());
        Assert.Contains("HandleCall", error.Message, StringComparison.Ordinal);
        Assert.Equal(end == "canceled", call.IsCanceled);
        Assert.Equal(end == "replied", call.IsCompletedSuccessfully);
    }

    private static async Task EndAsync(string end, LateCall<string> call, CancellationTokenSource caller, TestHost host)
    {
        switch (end)
        {
            case "canceled":
                await caller.CancelAsync();
                break;
            case "timed out":
                host.Time.Advance(TimeSpan.FromSeconds(5));
                break;
            default:
                Assert.True(call.Reply("yes"));
                break;
        }
    }
}
