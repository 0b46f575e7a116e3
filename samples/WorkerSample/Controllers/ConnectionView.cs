using System.Text.Json.Serialization;
using Late.Hosting;

namespace WorkerSample.Controllers;

/// <summary>The connection as it is shown: its state, since when, why, and what comes next.</summary>
public sealed record ConnectionView(
    string Name,
    [property: JsonConverter(typeof(JsonStringEnumConverter<LateConnectionState>))] LateConnectionState State,
    DateTimeOffset Since,
    string Reason,
    int Attempt,
    DateTimeOffset? NextAttemptAt)
{
    public static ConnectionView Of(ILateClient client)
    {
        // One read: the parts of one status belong together.
        var status = client.Status;
        return new ConnectionView(client.Name, status.State, status.Since, status.Reason, status.Attempt, status.NextAttemptAt);
    }
}
