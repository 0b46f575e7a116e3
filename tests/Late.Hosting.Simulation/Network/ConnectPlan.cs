using System.Net;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>What one attempt to connect meets.</summary>
internal sealed record ConnectPlan
{
    /// <summary>How long the answer takes; null where there is none.</summary>
    public required TimeSpan? Answer { get; init; }

    /// <summary>The status of a refusal; null for none.</summary>
    public HttpStatusCode? Refusal { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the transport reports; null where the server is reached.</summary>
    public HttpRequestError? Error { get; init; }

    public bool IsAccepted => Refusal is null && Error is null;

    /// <summary>What each attempt meets at an address where nothing is.</summary>
    public static ConnectPlan Dead(Dice dice) => dice.Below(4) switch
    {
        0 => new ConnectPlan { Answer = null },
        1 => new ConnectPlan { Answer = TimeSpan.Zero, Refusal = HttpStatusCode.NotFound },
        _ => new ConnectPlan { Answer = dice.Time(1, 400), Error = dice.Pick(HttpRequestError.NameResolutionError, HttpRequestError.ConnectionError) },
    };

    public static ConnectPlan Draw(Dice dice, WorldPlan plan, bool wasReady)
    {
        var answer = dice.Chance(30) ? TimeSpan.Zero : dice.Time(1, 400);
        if (plan.Budget is not null && dice.Chance(4 * plan.Trouble))
        {
            // Servers that count are what budgets are for.
            return new ConnectPlan
            {
                Answer = answer,
                Refusal = HttpStatusCode.TooManyRequests,
                RetryAfter = dice.Chance(50) ? TimeSpan.FromSeconds(dice.Pick(1, 2, 5)) : null,
            };
        }

        if (!dice.Chance(plan.ConnectFailsPercent))
        {
            return new ConnectPlan { Answer = answer };
        }

        return dice.Weighted(35, 30, 15, wasReady ? 15 : plan.MayRefusePermanently ? 3 : 0, 10) switch
        {
            0 => new ConnectPlan
            {
                Answer = answer,
                Error = dice.Pick(
                    HttpRequestError.NameResolutionError, HttpRequestError.ConnectionError, HttpRequestError.SecureConnectionError, HttpRequestError.ResponseEnded),
            },
            1 => new ConnectPlan
            {
                Answer = answer,
                Refusal = dice.Pick(HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError, HttpStatusCode.RequestTimeout),
                RetryAfter = dice.Chance(50) ? TimeSpan.FromSeconds(dice.Pick(0, 1, 2, 5, 40)) : null,
            },
            2 => new ConnectPlan { Answer = null },
            3 => new ConnectPlan
            {
                Answer = answer,
                Refusal = dice.Pick(
                    HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.ProxyAuthenticationRequired, HttpStatusCode.Redirect),
                RetryAfter = dice.Chance(10) ? TimeSpan.FromSeconds(dice.Pick(0, 1, 5)) : null,
            },
            _ => new ConnectPlan { Answer = answer, Refusal = dice.Pick(HttpStatusCode.OK, HttpStatusCode.SwitchingProtocols) },
        };
    }
}
