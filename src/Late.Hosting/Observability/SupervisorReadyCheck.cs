using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Observability;

/// <summary>Whether enough of a supervisor's connections are ready: one of ten thousand takes no application out of rotation.</summary>
internal sealed class SupervisorReadyCheck(IConnectionSource supervisor, LateHealthOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = new SupervisorStates(supervisor);
        var status = context.Registration.FailureStatus;
        if (states.Share(static (_, state) => state is LateConnectionState.Ready or LateConnectionState.Standby) >= 1)
        {
            status = HealthStatus.Healthy;
        }
        else if (states.Share((connection, state) => state != LateConnectionState.Faulted && !connection.IsRefused && connection.NotReadyFor < options.GracePeriod) >= options.MinReadyShare)
        {
            status = HealthStatus.Degraded;
        }

        return Task.FromResult(new HealthCheckResult(status, states.Describe(), data: states.ToData()));
    }
}
