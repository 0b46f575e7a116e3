using System.Globalization;
using Late.Hosting.HostilePeer.Oracle;

namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Draws attempts that are refused, or that get no answer.</summary>
internal static class DrawnRefusals
{
    public static AttemptPlan Of(Dice dice, WireKind wire)
    {
        var status = dice.Weighted(
            (20, dice.Pick(301, 302, 303, 307, 308)), (25, dice.Pick(400, 401, 403, 404, 405, 410, 421, 426, 451)), (55, dice.Pick(200, 204, 408, 429, 500, 502, 503, 504, 520)));
        if (status < 300 && wire is (WireKind.Http2 or WireKind.Http2Tls))
        {
            // RFC 8441 §5: it would be no refusal.
            status += 300;
        }

        List<string> head = [$"Set-Cookie: id={Secrets.AnswerHeader}"];
        if (status is >= 300 and < 400)
        {
            head.Add($"Location: {dice.Pick("http://elsewhere.example", "", "//elsewhere.example")}/moved?token={Secrets.Location}");
        }

        if (status is 405)
        {
            head.Add("Allow: POST");
        }

        if (status is 401)
        {
            head.Add("WWW-Authenticate: " + dice.Pick("Bearer realm=\"x\"", "Basic realm=\"x\"", "Negotiate"));
        }

        if (dice.Chance(30))
        {
            head.Add(dice.Pick("X-Odd:", "X-Odd: \t ", "Server: a b c", "X-Long: " + new string('x', 3000), "Connection: close", "Retry-After: soon", "Retry-After: -1", "Retry-After: 0"));
        }

        return new AttemptPlan(dice.Weighted((60, Answer.Refuse), (20, Answer.RefuseAndCutBody), (20, Answer.RefuseAndStallBody)))
        {
            Status = status,
            Head = head,
            Keeps = dice.Chance(50),
            Cut = dice.Pick(1, 20, 500),
        };
    }

    public static AttemptPlan Unanswered(Dice dice, WireKind wire)
    {
        var isTls = wire is WireKind.Http1Tls or WireKind.Http2Tls;
        var isHttp2 = wire is WireKind.Http2 or WireKind.Http2Tls;
        var answer = dice.Weighted(
            (3, Answer.CutHead), (2, Answer.StallHead), (2, Answer.Stall), (4, Answer.Fin), (3, Answer.Reset), (3, Answer.FinOnAccept), (2, Answer.ResetOnAccept),
            (2, Answer.Garbage), (1, Answer.EndlessHead), (isHttp2 ? 0 : 2, Answer.WrongAccept), (isHttp2 ? 4 : 0, Answer.RefuseStream), (isHttp2 ? 2 : 0, Answer.CancelStream),
            (isHttp2 ? 4 : 0, Answer.GoAway), (isTls ? 2 : 0, Answer.TlsAlert), (isTls ? 2 : 0, Answer.TlsFin), (wire == WireKind.Http2Tls ? 6 : 0, Answer.NoAlpn));
        return new AttemptPlan(answer) { Cut = answer is Answer.CutHead or Answer.StallHead ? dice.Between(1, 120) : 0 };
    }

    /// <summary>A refusal that specifies when to come back, in one of the forms of RFC 9110 §10.2.3.</summary>
    public static AttemptPlan RetryAfter(Dice dice) => new(Answer.Refuse)
    {
        Status = dice.Pick(429, 503),
        Keeps = dice.Chance(50),
        Head = [$"Retry-After: {dice.Pick("1", Later, LaterInRfc850, LaterInAsctime)}", .. dice.Chance(50) ? (string[])["Date: " + Now] : []],
    };

    /// <summary>Placeholders: what they stand for is known when the answer is written.</summary>
    public const string Later = "{later}";
    public const string LaterInRfc850 = "{later in RFC 850}";
    public const string LaterInAsctime = "{later in asctime}";
    public const string Now = "{now}";

    public static readonly TimeSpan LaterBy = TimeSpan.FromSeconds(2);

    public static string Fill(string line)
    {
        var now = TimeProvider.System.GetUtcNow();
        var later = now + LaterBy;
        return line
            .Replace(LaterInRfc850, later.ToString("dddd, dd-MMM-yy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(LaterInAsctime, $"{later.ToString("ddd MMM", CultureInfo.InvariantCulture)} {later.Day,2} {later.ToString("HH:mm:ss yyyy", CultureInfo.InvariantCulture)}", StringComparison.Ordinal)
            .Replace(Later, later.ToString("r", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(Now, now.ToString("r", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
