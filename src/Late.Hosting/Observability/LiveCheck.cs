using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Observability;

/// <summary>Whether a restart of the application would help: the connection has failed permanently, and no new life follows by itself.</summary>
internal sealed class LiveCheck(ConnectionDirectory directory, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var connection = directory.Get(name);
        var status = connection.Status;
        return Task.FromResult(new HealthCheckResult(
            status is { State: LateConnectionState.Faulted, HasNextLife: false } ? context.Registration.FailureStatus : HealthStatus.Healthy,
            HealthData.Describe(connection.Name, status),
            data: HealthData.Of(connection.Name, status)));
    }
}
