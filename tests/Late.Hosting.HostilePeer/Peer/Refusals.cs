using System.Globalization;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>What a client is expected to know of a refusal.</summary>
internal static class Refusals
{
    /// <summary>Notes a refusal that is about to be written.</summary>
    public static void Note(Facts facts, AttemptPlan plan, string body)
    {
        var after = facts.Requests.SinceAttempt;
        facts.Refusals.Enqueue(new Refusal(plan, body, facts.Life.Lives, facts.WasReady, facts.HadSession, after)
        {
            IsLate = after > TimeSpan.FromMilliseconds(facts.Script.Client.ConnectTimeout) / 2 || facts.Requests.Attempts > facts.Script.NumberOf(plan),
        });
        if (plan.Head.FirstOrDefault(line => line.StartsWith("Retry-After: ", StringComparison.Ordinal)) is { } line
            && plan.Status is 429 or 503)
        {
            var now = TimeProvider.System.GetUtcNow();

            // A date has whole seconds: what it specifies lies up to one before it.
            facts.Requests.NotBefore = int.TryParse(line["Retry-After: ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? now.AddSeconds(seconds)
                : line.Contains("{later", StringComparison.Ordinal) ? now + DrawnRefusals.LaterBy - TimeSpan.FromSeconds(1.05)
                : null;
        }
    }
}
