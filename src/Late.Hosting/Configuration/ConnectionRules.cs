namespace Late.Hosting.Configuration;

/// <summary>The checks that involve several options of a connection.</summary>
internal static class ConnectionRules
{
    /// <summary>Adds what is wrong.</summary>
    /// <param name="options">The options.</param>
    /// <param name="setsUri">Whether a handshake hook may set the address.</param>
    /// <param name="isSupervised">Whether a supervisor runs the connection.</param>
    /// <param name="problems">Where it is added.</param>
    public static void Check(LateConnectionOptions options, bool setsUri, bool isSupervised, Problems problems)
    {
        if (options is { Uri: null, Uris.Count: 0 } && !setsUri && !problems.Has(nameof(options.Uri)) && !problems.HasWithin(nameof(options.Uris)))
        {
            problems.AddIf(nameof(options.Uri), RequestCheck.ProblemOfUri(null));
        }

        if (options.SubProtocols.Distinct(StringComparer.Ordinal).Count() != options.SubProtocols.Count)
        {
            problems.Add(nameof(options.SubProtocols), "names a sub-protocol twice (RFC 6455 §4.1).");
        }

        if (isSupervised && options.OnFault == LateFaultBehavior.Restart)
        {
            problems.Add(nameof(options.OnFault), "is Restart, and these connections follow their supervisor. Set LateSupervisorOptions.OnFault to Restart instead.");
        }

        CheckDelays(options.Reconnect.BaseDelay, options.Reconnect.MaxDelay, problems.Within(nameof(options.Reconnect)));
        CheckDelays(options.Restart.BaseDelay, options.Restart.MaxDelay, problems.Within(nameof(options.Restart)));
    }

    private static void CheckDelays(TimeSpan first, TimeSpan longest, Problems problems)
    {
        if (longest > TimeSpan.Zero && longest < first && first <= Limits.LongestDelay)
        {
            problems.Add(nameof(LateReconnectOptions.MaxDelay), $"is {longest:c}, less than BaseDelay ({first:c}).");
        }
    }
}
