namespace Late.Hosting.Configuration;

/// <summary>The checks that involve several options of a connection.</summary>
internal static class ConnectionRules
{
    /// <summary>Adds what is wrong.</summary>
    /// <param name="options">The options.</param>
    /// <param name="setsUri">Whether a handshake hook may set the address.</param>
    /// <param name="problems">Where it is added.</param>
    public static void Check(LateConnectionOptions options, bool setsUri, Problems problems)
    {
        if (options is { Uri: null, Uris.Count: 0 } && !setsUri && !problems.Has(nameof(options.Uri)) && !problems.HasWithin(nameof(options.Uris)))
        {
            problems.AddIf(nameof(options.Uri), RequestCheck.ProblemOfUri(null));
        }

        if (options.SubProtocols.Distinct(StringComparer.Ordinal).Count() != options.SubProtocols.Count)
        {
            problems.Add(nameof(options.SubProtocols), "names a sub-protocol twice (RFC 6455 §4.1).");
        }

        var (first, longest) = (options.Reconnect.BaseDelay, options.Reconnect.MaxDelay);
        if (longest > TimeSpan.Zero && longest < first && first <= Limits.LongestDelay)
        {
            problems.Within(nameof(options.Reconnect)).Add(nameof(options.Reconnect.MaxDelay), $"is {longest:c}, less than BaseDelay ({first:c}).");
        }
    }
}
