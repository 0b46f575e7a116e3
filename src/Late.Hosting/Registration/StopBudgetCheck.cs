using Late.Hosting.Configuration;
using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Registration;

/// <summary>Warns at the start of the host where stopping what is registered may exceed its shutdown timeout (promise P9).</summary>
internal sealed class StopBudgetCheck(IServiceProvider services, StopBudget budget, ConnectionLog log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var registrations = services.GetRequiredService<Registrations>();
        TimeSpan[] connections = [.. registrations.Connections.Select(connection =>
            StopLimits.Of(services.GetRequiredKeyedService<CurrentOptions<LateConnectionOptions>>(connection.Name).Value).Sum)];
        var supervisors = registrations.Supervisors.Select(supervisor =>
            KeyValuePair.Create(supervisor.Name, StopLimits.Of(supervisor.CreateOptions(services)).Sum));
        if (budget.Begin(connections, supervisors) is { } excess)
        {
            log.StopMayExceed(excess.Longest, excess.Connections, excess.ShutdownTimeout, excess.Advice);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
