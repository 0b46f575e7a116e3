using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Connection;

/// <summary>A stop, and a callback that completes in the moment in which it is abandoned.</summary>
public sealed class AbandonedCallbackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P9_HandleTerminate_has_its_time_behind_a_callback_that_completes_as_it_is_abandoned()
    {
        var (hold, terminate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var handler = new ScriptedHandler
        {
            Info = async (_, state, _) =>
            {
                await hold.Task;
                return LateResult.Ok(state);
            },
            Terminate = (_, _, _) => new(terminate.Task),
        };

        // A log that blocks: the stop looks for a stuck callback by its clock, and abandons it when the log continues.
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var unblocked = new ManualResetEventSlim();
        var log = new LogAction(logged =>
        {
            if (logged.Name == "SessionEnded")
            {
                blocked.TrySetResult();
                unblocked.Wait(Token);
            }
        });
        await using var host = new TestHost(handler, build: builder => builder.Services.AddSingleton<ILoggerProvider>(log));
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("a"), Token);
        await handler.SkipToAsync("Info a");
        var (grace, close) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        var stop = host.StopAsync(Token);
        await blocked.Task.WaitAsync(Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + grace + close);
        host.Time.Advance(grace + close);
        hold.SetResult();
        await handler.SkipToAsync("Terminate HostStopping");
        unblocked.Set();

        // The time after which a stop does not wait for what blocks its thread.
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await host.Time.TimerAsync(host.Time.GetUtcNow() + grace);
        terminate.SetResult();
        await stop;

        Assert.DoesNotContain(host.Logs.GetSnapshot(), static record => record.Id.Name == "TerminateTimedOut");
    }
}
