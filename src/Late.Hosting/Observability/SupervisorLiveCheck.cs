using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Observability;

/// <summary>Whether a restart of the application would help: too many of a supervisor's connections have failed permanently.</summary>
internal sealed class SupervisorLiveCheck(IConnectionSource supervisor, LateHealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = new SupervisorStates(supervisor);
        var isWell = states.Share(static (_, state) => state != LateConnectionState.Faulted) >= options.MinReadyShare;
        return Task.FromResult(new HealthCheckResult(
            isWell ? HealthStatus.Healthy : context.Registration.FailureStatus, states.Describe(), data: states.ToData()));
    }
}
