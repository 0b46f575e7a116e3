using System.Net;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>A failed attempt reports what is known of it (design §5).</summary>
internal static class FailureCheck
{
    // ConnectTimeout is longer in the scripts that look for it.
    private const int LateTicks = 250;

    private const int LongTimeout = 3000;

    private const int MostBodyCharacters = 1024;

    public static void Check(Facts facts, SecretWatch watch, LateConnectException exception)
    {
        watch.Check(exception);
        facts.Progress();
        facts.Record($"client: attempt failed: {exception.Message}");
        if (facts.Script.Proxy == ProxyKind.Refusing)
        {
            facts.Require(exception.StatusCode == HttpStatusCode.ProxyAuthenticationRequired || IsLate(facts), "P10", $"a proxy's 407 has the status {exception.StatusCode}: {exception.Message}");
        }
        else if (facts.Refusals.LastOrDefault() is { } refusal && (int?)exception.StatusCode == refusal.Plan.Status)
        {
            facts.Requests.SeeRefusal();
            refusal.IsSeen = true;
            CheckRefusal(facts, refusal, exception);
        }
        else if (exception.StatusCode == HttpStatusCode.OK && facts.LastPlan is { Answer: Answer.UnofferedExtension })
        {
            facts.Require(!exception.Message.Contains("no WebSocket at this address", StringComparison.Ordinal), "P10", $"an upgrade that breaks a rule is reported as none: {exception.Message}");
            facts.Require(facts.Script.Client.ConnectTimeout < LongTimeout || Control.Now - facts.Requests.AnsweredAt < LateTicks, "P10", "an upgrade that breaks a rule was known only after ConnectTimeout");
        }

        if (facts.LastPlan is { Answer: Answer.NoAlpn })
        {
            facts.Require(!exception.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase), "P10", $"TLS without HTTP/2 is blamed on a certificate: {exception.Message}");
        }
    }

    private static void CheckRefusal(Facts facts, Refusal refusal, LateConnectException exception)
    {
        var body = refusal.Body[..Math.Min(refusal.Body.Length, MostBodyCharacters)];

        // A reset of the stream takes away what HttpClient has not handed over, a busy machine all the time of an attempt, and a request for a
        // session the rest of it.
        var isLate = refusal.Plan.Answer == Answer.RefuseAndStallBody ? refusal.After > Limit(facts) / 2 : IsLate(facts);
        var isCut = facts.Script.IsHttp2 && refusal.Plan.Answer == Answer.RefuseAndCutBody;
        var isKnown = exception.Body == body || ((isLate || isCut || facts.Script.Callers.Reconnects) && body.StartsWith(exception.Body, StringComparison.Ordinal));
        facts.Require(isKnown, "P10", $"{body.Length} characters of a refusal's body were written ({refusal.Plan.Answer}), and {exception.Body.Length} are known");
        facts.Require(exception.Headers.ContainsKey("Content-Type"), "P10", "a refusal's Content-Type is not known");
        foreach (var line in refusal.Plan.Head)
        {
            var name = line[..line.IndexOf(':', StringComparison.Ordinal)];
            facts.Require(name == "Connection" || exception.Headers.ContainsKey(name), "P10", $"a refusal's {name} is not known");
        }

        if (refusal.Plan.Status is >= 300 and < 400)
        {
            facts.Require(exception.Message.Contains("/moved", StringComparison.Ordinal), "P10", $"where a redirect goes is not reported: {exception.Message}");
        }
    }

    private static TimeSpan Limit(Facts facts) => TimeSpan.FromMilliseconds(facts.Script.Client.ConnectTimeout);

    // A busy machine may have taken the whole time of the attempt.
    private static bool IsLate(Facts facts) => facts.Requests.SincePrepared > Limit(facts) - Control.Tick;
}
