using System.Globalization;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>The calls of a connection at one moment, for observers and for the messages of exceptions.</summary>
/// <param name="Waiting">How many wait for the handler, for room, for a slot or for a session.</param>
/// <param name="InProgress">How many the handler has and has not ended.</param>
/// <param name="OldestFor">The age of the oldest of these; null where there is none.</param>
/// <param name="OldestRequest">The name of its request; null where there is none, and for an entry without a caller.</param>
/// <param name="NotReadySince">Since when the connection is not ready; null while it is.</param>
internal sealed record WorkReport(int Waiting, int InProgress, TimeSpan? OldestFor, string? OldestRequest, DateTimeOffset? NotReadySince)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Its calls: {Waiting} waiting, {InProgress} in progress{(OldestFor is { } age ? string.Create(CultureInfo.InvariantCulture, $" (the oldest for {age.TotalSeconds:0.0} s)") : "")}{(NotReadySince is { } since ? string.Create(CultureInfo.InvariantCulture, $"; not ready since {since:u}") : "")}.");
}
