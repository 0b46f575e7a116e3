using System.Net;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>Checks the options of every connection; all that is wrong is said at once (promise P13).</summary>
/// <param name="connections">The names of the connections, and whether a handshake hook may give the address.</param>
internal sealed class OptionsValidator(IOptionsMonitor<ConnectionHooks> connections) : IValidateOptions<LateConnectionOptions>
{
    public ValidateOptionsResult Validate(string? name, LateConnectionOptions options)
    {
        var problems = new Problems(OptionsFromConfiguration.SectionOf(name ?? ""), options.ConfigurationProblems);
        var hasHook = connections.Get(name).Handshake.Count > 0;
        if (options.Uri is not null || !(hasHook || problems.Has(nameof(options.Uri))))
        {
            problems.AddIf(RequestCheck.ProblemOfUri(options.Uri), nameof(options.Uri));
        }

        foreach (var (header, value) in options.Headers)
        {
            problems.AddIf(RequestCheck.ProblemOfHeader(header, value), $"{nameof(options.Headers)}:{header}");
        }

        for (var i = 0; i < options.SubProtocols.Count; i++)
        {
            // Not shown: some servers take a token there.
            problems.AddIf(
                RequestCheck.IsToken(options.SubProtocols[i]) ? null : "is not a sub-protocol's name (RFC 6455 §4.1).",
                $"{nameof(options.SubProtocols)}:{i}");
        }

        if (options.SubProtocols.Distinct(StringComparer.Ordinal).Count() != options.SubProtocols.Count)
        {
            problems.Add(nameof(options.SubProtocols), $"names a sub-protocol twice (RFC 6455 §4.1).");
        }

        problems.Positive(options.ConnectTimeout, nameof(options.ConnectTimeout));
        problems.Positive(options.ReadyTimeout, nameof(options.ReadyTimeout));
        problems.Positive(options.CallTimeout, nameof(options.CallTimeout));
        problems.Positive(options.CloseTimeout, nameof(options.CloseTimeout));
        problems.Positive(options.SendTimeout, nameof(options.SendTimeout));
        problems.Positive(options.KeepAliveInterval, nameof(options.KeepAliveInterval));
        problems.Positive(options.KeepAliveTimeout, nameof(options.KeepAliveTimeout));
        problems.Positive(options.StartupTimeout, nameof(options.StartupTimeout));
        problems.Positive(options.MaxMessageBytes, nameof(options.MaxMessageBytes));
        problems.Positive(options.MailboxCapacity, nameof(options.MailboxCapacity));
        problems.Positive(options.ReceiveBufferBytes, nameof(options.ReceiveBufferBytes));
        problems.Defined(options.Compression, nameof(options.Compression));
        problems.AddIf(
            options.HttpVersion == HttpVersion.Version11 || options.HttpVersion == HttpVersion.Version20 ? null
                : $"is {options.HttpVersion?.ToString() ?? "null"}. It is 1.1 or 2.0.",
            nameof(options.HttpVersion));
        problems.Defined(options.Startup, nameof(options.Startup));
        problems.Defined(options.WhenNotReady, nameof(options.WhenNotReady));
        problems.Defined(options.HandlerErrors, nameof(options.HandlerErrors));
        problems.Defined(options.OnFault, nameof(options.OnFault));
        foreach (var status in options.PermanentStatusCodes.Where(static status => (int)status is < 100 or > 599))
        {
            problems.Add(nameof(options.PermanentStatusCodes), $"has {(int)status}. An HTTP status is 100 to 599.");
        }

        foreach (var code in options.PermanentCloseCodes.Where(static code => code is < 1000 or > 4999 or CloseCodes.NoStatus or CloseCodes.Abnormal or CloseCodes.TlsFailed))
        {
            problems.Add(nameof(options.PermanentCloseCodes), $"has {code}. A close frame's code is 1000 to 4999, and never 1005, 1006 or 1015 (RFC 6455 §7.4).");
        }

        ValidateReconnect(options.Reconnect, problems);
        ValidateRotation(options.Rotation, problems);
        ValidateSendLimit(options.SendLimit, problems);
        return problems.ToResult(name);
    }

    private static void ValidateReconnect(LateReconnectOptions options, Problems problems)
    {
        const string Section = nameof(LateConnectionOptions.Reconnect);
        problems.Delay(options.BaseDelay, $"{Section}:{nameof(options.BaseDelay)}");
        problems.Delay(options.MaxDelay, $"{Section}:{nameof(options.MaxDelay)}");
        problems.Delay(options.RefusedMaxDelay, $"{Section}:{nameof(options.RefusedMaxDelay)}");
        problems.Positive(options.StableAfter, $"{Section}:{nameof(options.StableAfter)}");
        if (options.MaxDelay > TimeSpan.Zero && options.MaxDelay < options.BaseDelay && options.BaseDelay <= Limits.LongestDelay)
        {
            problems.Add($"{Section}:{nameof(options.MaxDelay)}", $"is {options.MaxDelay}, less than BaseDelay ({options.BaseDelay}).");
        }

        problems.Positive(options.MaxAttempts, $"{Section}:{nameof(options.MaxAttempts)}");

        if (options.ShouldReconnect is null)
        {
            problems.Add($"{Section}:{nameof(options.ShouldReconnect)}", $"is null. Leave it, or give a function.");
        }
    }

    private static void ValidateRotation(LateRotationOptions options, Problems problems)
    {
        const string Section = nameof(LateConnectionOptions.Rotation);
        if (options.MaxSessionLifetime < Limits.ShortestLifetime || options.MaxSessionLifetime > Limits.LongestTimeout)
        {
            problems.Add($"{Section}:{nameof(options.MaxSessionLifetime)}", $"is {options.MaxSessionLifetime}. It is {Limits.ShortestLifetime} or more, and at most 49 days.");
        }

        if (options.Jitter < TimeSpan.Zero || options.Jitter > Limits.LongestDelay)
        {
            problems.Add($"{Section}:{nameof(options.Jitter)}", $"is {options.Jitter}. It is zero to one day.");
        }

        problems.Defined(options.Order, $"{Section}:{nameof(options.Order)}");
    }

    private static void ValidateSendLimit(LateSendLimitOptions options, Problems problems)
    {
        const string Section = nameof(LateConnectionOptions.SendLimit);
        problems.Positive(options.Frames, $"{Section}:{nameof(options.Frames)}");
        problems.Positive(options.Bytes, $"{Section}:{nameof(options.Bytes)}");
        problems.Positive(options.Window, $"{Section}:{nameof(options.Window)}");
    }
}
