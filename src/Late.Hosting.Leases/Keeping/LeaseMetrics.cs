using System.Diagnostics.Metrics;

namespace Late.Hosting.Leases.Keeping;

/// <summary>Counts what is asked of the store.</summary>
internal sealed class LeaseMetrics(Counter<long> requests)
{
    public const string Acquire = "acquire";
    public const string Renew = "renew";
    public const string Release = "release";

    public const string Granted = "granted";
    public const string Refused = "refused";
    public const string Failed = "failed";

    public void Count(string connection, string operation, string outcome) => requests.Add(
        1, new(LateTelemetry.ConnectionNameTag, connection), new(LateTelemetry.LeaseOperationTag, operation), new(LateTelemetry.LeaseOutcomeTag, outcome));
}
