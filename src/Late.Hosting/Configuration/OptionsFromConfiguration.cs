using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>
/// Reads the section <c>Late:{name}</c>. Every value that cannot be read and every key that does not exist is kept as a
/// problem, so that all of them are reported at once.
/// </summary>
internal sealed class OptionsFromConfiguration(IConfiguration? configuration)
    : IConfigureNamedOptions<LateConnectionOptions>, IOptionsChangeTokenSource<LateConnectionOptions>
{
    private const string Prefix = "Late";

    private static readonly OptionTable<LateReconnectOptions> s_reconnect = new OptionTable<LateReconnectOptions>()
        .Time(nameof(LateReconnectOptions.BaseDelay), static (options, value) => options.BaseDelay = value)
        .Time(nameof(LateReconnectOptions.MaxDelay), static (options, value) => options.MaxDelay = value)
        .Time(nameof(LateReconnectOptions.RefusedMaxDelay), static (options, value) => options.RefusedMaxDelay = value)
        .NumberOrNone(nameof(LateReconnectOptions.MaxAttempts), static (options, value) => options.MaxAttempts = value)
        .Time(nameof(LateReconnectOptions.StableAfter), static (options, value) => options.StableAfter = value)
        .InCode(nameof(LateReconnectOptions.ShouldReconnect));

    private static readonly OptionTable<LateRotationOptions> s_rotation = new OptionTable<LateRotationOptions>()
        .TimeOrNone(nameof(LateRotationOptions.MaxSessionLifetime), static (options, value) => options.MaxSessionLifetime = value)
        .TimeOfDayOrNone(nameof(LateRotationOptions.TimeOfDay), static (options, value) => options.TimeOfDay = value)
        .Time(nameof(LateRotationOptions.Jitter), static (options, value) => options.Jitter = value)
        .Choice<LateRotationOrder>(nameof(LateRotationOptions.Order), static (options, value) => options.Order = value);

    private static readonly OptionTable<LateSendLimitOptions> s_sendLimit = new OptionTable<LateSendLimitOptions>()
        .NumberOrNone(nameof(LateSendLimitOptions.Frames), static (options, value) => options.Frames = value)
        .LargeNumberOrNone(nameof(LateSendLimitOptions.Bytes), static (options, value) => options.Bytes = value)
        .Time(nameof(LateSendLimitOptions.Window), static (options, value) => options.Window = value);

    private static readonly OptionTable<LateConnectionOptions> s_options = new OptionTable<LateConnectionOptions>()
        .Address(nameof(LateConnectionOptions.Uri), static (options, value) => options.Uri = value)
        .NamedTexts(nameof(LateConnectionOptions.Headers), static (options, name, value) => options.Headers[name] = value)
        .Texts(nameof(LateConnectionOptions.SubProtocols), static (options, value) => options.SubProtocols.Add(value))
        .Time(nameof(LateConnectionOptions.ConnectTimeout), static (options, value) => options.ConnectTimeout = value)
        .Time(nameof(LateConnectionOptions.ReadyTimeout), static (options, value) => options.ReadyTimeout = value)
        .Time(nameof(LateConnectionOptions.CallTimeout), static (options, value) => options.CallTimeout = value)
        .Time(nameof(LateConnectionOptions.CloseTimeout), static (options, value) => options.CloseTimeout = value)
        .Time(nameof(LateConnectionOptions.SendTimeout), static (options, value) => options.SendTimeout = value)
        .Time(nameof(LateConnectionOptions.KeepAliveInterval), static (options, value) => options.KeepAliveInterval = value)
        .Time(nameof(LateConnectionOptions.KeepAliveTimeout), static (options, value) => options.KeepAliveTimeout = value)
        .Number(nameof(LateConnectionOptions.MaxMessageBytes), static (options, value) => options.MaxMessageBytes = value)
        .Number(nameof(LateConnectionOptions.MailboxCapacity), static (options, value) => options.MailboxCapacity = value)
        .Number(nameof(LateConnectionOptions.ReceiveBufferBytes), static (options, value) => options.ReceiveBufferBytes = value)
        .Choice<LateCompression>(nameof(LateConnectionOptions.Compression), static (options, value) => options.Compression = value)
        .HttpVersion(nameof(LateConnectionOptions.HttpVersion), static (options, value) => options.HttpVersion = value)
        .Choice<LateStartup>(nameof(LateConnectionOptions.Startup), static (options, value) => options.Startup = value)
        .Time(nameof(LateConnectionOptions.StartupTimeout), static (options, value) => options.StartupTimeout = value)
        .Choice<LateWhenNotReady>(nameof(LateConnectionOptions.WhenNotReady), static (options, value) => options.WhenNotReady = value)
        .Choice<LateHandlerErrors>(nameof(LateConnectionOptions.HandlerErrors), static (options, value) => options.HandlerErrors = value)
        .Choice<LateOnFault>(nameof(LateConnectionOptions.OnFault), static (options, value) => options.OnFault = value)
        .Numbers(nameof(LateConnectionOptions.PermanentStatusCodes), static (options, value) => options.PermanentStatusCodes.Add((HttpStatusCode)value))
        .Numbers(nameof(LateConnectionOptions.PermanentCloseCodes), static (options, value) => options.PermanentCloseCodes.Add(value))
        .Flag(nameof(LateConnectionOptions.TraceFrames), static (options, value) => options.TraceFrames = value)
        .FlagOrNone(nameof(LateConnectionOptions.LogExceptionMessages), static (options, value) => options.LogExceptionMessages = value)
        .Section(nameof(LateConnectionOptions.Reconnect), s_reconnect, static options => options.Reconnect)
        .Section(nameof(LateConnectionOptions.Rotation), s_rotation, static options => options.Rotation)
        .Section(nameof(LateConnectionOptions.SendLimit), s_sendLimit, static options => options.SendLimit);

    private readonly SectionReader<LateConnectionOptions> _reader = new(configuration, Prefix, s_options, static options => options.ConfigurationProblems);

    public string? Name => null;

    public static string SectionOf(string name) => $"{Prefix}:{name}";

    /// <summary>True for the name of an option of connections.</summary>
    public static bool IsOption(string name) => s_options.Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    public void Configure(LateConnectionOptions options)
    {
    }

    public void Configure(string? name, LateConnectionOptions options) => _reader.Configure(name, options);

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
