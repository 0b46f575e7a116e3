namespace Late.Hosting.Diagnostics;

/// <summary>What the report of a health check holds beside its description.</summary>
internal static class HealthData
{
    public static Dictionary<string, object> Of(string connection, LateConnectionStatus status)
    {
        var data = new Dictionary<string, object>
        {
            ["connection"] = connection,
            ["state"] = status.State.ToString(),
            ["since"] = status.Since,
            ["attempt"] = status.Attempt,
        };
        if (status.NextAttemptAt is { } at)
        {
            data["nextAttempt"] = at;
        }

        return data;
    }
}
