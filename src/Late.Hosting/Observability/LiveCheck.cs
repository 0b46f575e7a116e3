using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Observability;

/// <summary>Whether a restart of the application would help: the connection has failed permanently, and only a restart brings it back.</summary>
internal sealed class LiveCheck(ConnectionDirectory directory, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var connection = directory.Get(name);
        var status = connection.Status;
        return Task.FromResult(new HealthCheckResult(
            status.State == LateConnectionState.Faulted ? context.Registration.FailureStatus : HealthStatus.Healthy,
            HealthData.Describe(connection.Name, status),
            data: HealthData.Of(connection.Name, status)));
    }
}
