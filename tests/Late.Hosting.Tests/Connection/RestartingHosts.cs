using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection;

/// <summary>Hosts whose connection begins a new life after a fault.</summary>
internal static class RestartingHosts
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TestHost Restarting(ScriptedHandler? handler = null, Action<LateConnectionOptions>? configure = null, Action<ILateConnectionBuilder>? build = null) => new(
        handler,
        options =>
        {
            options.OnFault = LateFaultBehavior.Restart;
            configure?.Invoke(options);
        },
        build);

    /// <summary>Waits until the next life is awaited, and advances the clock to it.</summary>
    /// <returns>The delay in seconds.</returns>
    public static async Task<double> NextLifeAsync(TestHost host)
    {
        var at = await host.NextLifeDueAsync();
        await host.Time.TimerAsync(at);
        var (delay, lives) = (at - host.Time.GetUtcNow(), Lives(host));
        host.Time.Advance(delay);
        while (Lives(host) == lives)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return delay.TotalSeconds;
    }

    public static long Lives(TestHost host) => host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()[0].GetStatistics().Lives;

    /// <summary>Sees that a new life follows by itself and connects, or that nothing follows.</summary>
    public static async Task RestartsAsync(TestHost host, bool restarts)
    {
        if (restarts)
        {
            await NextLifeAsync(host);
            await host.Transport.AttemptAsync();
        }
        else
        {
            await StaysFaultedAsync(host);
        }
    }

    /// <summary>Waits until the life has ended, and sees that nothing follows.</summary>
    public static async Task StaysFaultedAsync(TestHost host)
    {
        await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.WaitForReadyAsync(Token));
        host.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal((LateConnectionState.Faulted, null), (host.Client.State, host.Client.Status.NextAttemptAt));
    }
}
