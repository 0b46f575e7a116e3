using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Warns at the start of the host where stopping the registered connections may exceed its shutdown timeout (promise P9).</summary>
internal sealed class StopBudgetCheck(IEnumerable<ConnectionRegistration> connections, IServiceProvider services, IOptions<HostOptions> host, ConnectionLog log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        TimeSpan[] budgets = [.. connections.Select(connection => StopLimits.Of(services.GetRequiredKeyedService<CurrentOptions<LateConnectionOptions>>(connection.Name).Value).Sum)];
        var isConcurrent = host.Value.ServicesStopConcurrently || budgets.Length == 1;
        var longest = TimeSpan.FromTicks(isConcurrent ? budgets.DefaultIfEmpty().Max(static budget => budget.Ticks) : budgets.Sum(static budget => budget.Ticks));
        if (host.Value.ShutdownTimeout != Timeout.InfiniteTimeSpan && longest > host.Value.ShutdownTimeout)
        {
            log.StopMayExceed(
                longest,
                isConcurrent ? "its connection" : $"its {budgets.Length} connections one after the other",
                host.Value.ShutdownTimeout,
                isConcurrent ? "" : "set HostOptions.ServicesStopConcurrently, ");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
