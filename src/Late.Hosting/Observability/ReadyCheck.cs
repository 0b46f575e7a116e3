using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.Observability;

/// <summary>Whether the application should get work that needs the connection.</summary>
internal sealed class ReadyCheck(ConnectionDirectory directory, string name, TimeSpan gracePeriod) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var connection = directory.Get(name);
        var status = connection.Status;
        return Task.FromResult(new HealthCheckResult(
            StatusOf(connection, status) ?? context.Registration.FailureStatus, Describe(connection, status), data: HealthData.Of(connection.Name, status)));
    }

    /// <summary>Null where the check fails.</summary>
    private HealthStatus? StatusOf(DirectoryEntry connection, LateConnectionStatus status) => status.State switch
    {
        // Another host does the work of one that stands by.
        LateConnectionState.Ready or LateConnectionState.Standby => HealthStatus.Healthy,
        LateConnectionState.NotStarted or LateConnectionState.Stopping or LateConnectionState.Stopped or LateConnectionState.Faulted => null,

        // One that has never been ready has nothing to lose: work waits until it is.
        // A refusal is not an outage that passes by itself.
        _ => connection is { WasReady: true, IsRefused: false } && connection.NotReadyFor < gracePeriod ? HealthStatus.Degraded : null,
    };

    private static string Describe(DirectoryEntry connection, LateConnectionStatus status)
    {
        var description = HealthData.Describe(connection.Name, status);
        if (status.State is LateConnectionState.Connecting or LateConnectionState.Connected or LateConnectionState.Reconnecting)
        {
            description += string.Create(CultureInfo.InvariantCulture, $" It has not been ready for {connection.NotReadyFor.TotalSeconds:0} s.");
        }

        if (status.NextAttemptAt is { } at)
        {
            var wait = Math.Max(0, (at - connection.Now).TotalSeconds);
            var next = status.HasNextLife ? "A new life" : string.Create(CultureInfo.InvariantCulture, $"Attempt {status.Attempt + 1}");
            description += string.Create(CultureInfo.InvariantCulture, $" {next} begins at {at:u}, in {wait:0} s.");
        }

        return description;
    }
}
