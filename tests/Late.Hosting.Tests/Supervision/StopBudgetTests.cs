using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Supervision;

/// <summary>P9: a key whose options raise the time of a stop above the host's shutdown timeout; the check at the host's start is tested with the registration.</summary>
public sealed class StopBudgetTests
{
    [Fact]
    public async Task P9_a_key_whose_options_raise_the_time_of_a_stop_above_the_shutdown_timeout_is_a_warning_with_the_sum()
    {
        await using var host = new SupervisedHost(build: static devices =>
            devices.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(36)));
        await host.StartAsync();
        foreach (var (key, seconds) in new[] { ("fits", 15), ("exceeds", 16), ("the same", 16), ("more", 20) })
        {
            await host.StartAsync(key, options => options.CallbackGracePeriod = TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal(
            [
                "Device/exceeds: its options raise the time that the host may take to stop its supervisor (CallbackGracePeriod twice, and CloseTimeout) to 00:00:37, longer than HostOptions.ShutdownTimeout (00:00:36); each part of a stop is then cut to its share. To avoid it, raise ShutdownTimeout, or lower these options",
                "Device/more: its options raise the time that the host may take to stop its supervisor (CallbackGracePeriod twice, and CloseTimeout) to 00:00:45, longer than HostOptions.ShutdownTimeout (00:00:36); each part of a stop is then cut to its share. To avoid it, raise ShutdownTimeout, or lower these options",
            ],
            host.Logs.GetSnapshot().Where(static record => record.Id.Name == "KeyStopMayExceed").Select(static record => record.Message));
    }
}
