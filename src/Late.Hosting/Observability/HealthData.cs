using System.Globalization;

namespace Late.Hosting.Observability;

/// <summary>The entries about a connection in the report of a health check.</summary>
internal static class HealthData
{
    /// <summary>In words.</summary>
    public static string Describe(string connection, LateConnectionStatus status) =>
        string.Create(CultureInfo.InvariantCulture, $"{connection} is {status.State} since {status.Since:u}: {LateException.WithoutName(connection, status.Reason)}");

    /// <summary>For programs.</summary>
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
