using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Warns at the start of the host where stopping what is registered may exceed its shutdown timeout (promise P9).</summary>
internal sealed class StopBudgetCheck(IServiceProvider services, IOptions<HostOptions> host, ConnectionLog log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A supervisor stops its connections concurrently: it takes as long as one of them.
        TimeSpan[] connections = [.. services.GetServices<ConnectionRegistration>().Select(connection =>
            StopLimits.Of(services.GetRequiredKeyedService<CurrentOptions<LateConnectionOptions>>(connection.Name).Value).Sum)];
        TimeSpan[] supervisors = [.. services.GetServices<SupervisorRegistration>().Select(supervisor =>
            StopLimits.Of(supervisor.CreateOptions(services)).Sum)];
        TimeSpan[] budgets = [.. connections, .. supervisors];
        var isConcurrent = host.Value.ServicesStopConcurrently || budgets.Length == 1;
        var longest = TimeSpan.FromTicks(isConcurrent ? budgets.DefaultIfEmpty().Max(static budget => budget.Ticks) : budgets.Sum(static budget => budget.Ticks));
        if (host.Value.ShutdownTimeout != Timeout.InfiniteTimeSpan && longest > host.Value.ShutdownTimeout)
        {
            string[] parts = [.. Count(connections.Length, "connection"), .. Count(supervisors.Length, "supervisor")];
            log.StopMayExceed(
                longest,
                $"its {string.Join(" and ", parts)}{(isConcurrent ? "" : " one after the other")}",
                host.Value.ShutdownTimeout,
                isConcurrent ? "" : "set HostOptions.ServicesStopConcurrently, ");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string[] Count(int count, string noun) => count switch
    {
        0 => [],
        1 => [noun],
        _ => [$"{count} {noun}s"],
    };
}
