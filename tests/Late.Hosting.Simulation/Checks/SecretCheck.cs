using Late.Hosting.Simulation.Network;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Looks for secrets where they must not be (promise P12).</summary>
internal static class SecretCheck
{
    public static void OfText(Verdict verdict, string where, string text) =>
        verdict.Require(
            !text.Contains(Secrets.Mark, StringComparison.Ordinal) && !text.Contains(Secrets.Thrown, StringComparison.Ordinal), "P12", $"{where} has: {text}");

    /// <summary>What Polly and the host log; they log of an exception what it contains itself.</summary>
    public static void OfOthers(Verdict verdict, string text) =>
        verdict.Require(!text.Contains(Secrets.Mark, StringComparison.Ordinal), "P12", $"the log has: {text}");

    /// <summary>The library's own exceptions; what the application and the network write inside of them is theirs.</summary>
    public static void OfException(Verdict verdict, Exception? exception)
    {
        for (; exception is LateException or LateCallTimeoutException; exception = exception.InnerException)
        {
            OfText(verdict, exception.GetType().Name, exception.Message);
        }
    }
}
