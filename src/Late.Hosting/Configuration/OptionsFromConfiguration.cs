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
    private static readonly Dictionary<string, Action<LateConnectionOptions, IConfigurationSection>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(LateConnectionOptions.Uri)] = static (options, section) => options.Uri = section.Get<Uri>(),
        [nameof(LateConnectionOptions.Headers)] = static (options, section) => ReadHeaders(options, section),
        [nameof(LateConnectionOptions.SubProtocols)] = static (options, section) => ReadSubProtocols(options, section),
        [nameof(LateConnectionOptions.ConnectTimeout)] = static (options, section) => options.ConnectTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.ReadyTimeout)] = static (options, section) => options.ReadyTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.CallTimeout)] = static (options, section) => options.CallTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.CloseTimeout)] = static (options, section) => options.CloseTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.SendTimeout)] = static (options, section) => options.SendTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.KeepAliveInterval)] = static (options, section) => options.KeepAliveInterval = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.KeepAliveTimeout)] = static (options, section) => options.KeepAliveTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.MaxMessageBytes)] = static (options, section) => options.MaxMessageBytes = section.Get<int>(),
        [nameof(LateConnectionOptions.MailboxCapacity)] = static (options, section) => options.MailboxCapacity = section.Get<int>(),
        [nameof(LateConnectionOptions.ReceiveBufferBytes)] = static (options, section) => options.ReceiveBufferBytes = section.Get<int>(),
        [nameof(LateConnectionOptions.Compression)] = static (options, section) => options.Compression = section.Get<LateCompression>(),
        [nameof(LateConnectionOptions.HttpVersion)] = static (options, section) => options.HttpVersion = Version.Parse(section.Value ?? ""),
        [nameof(LateConnectionOptions.Startup)] = static (options, section) => options.Startup = section.Get<LateStartup>(),
        [nameof(LateConnectionOptions.StartupTimeout)] = static (options, section) => options.StartupTimeout = section.Get<TimeSpan>(),
        [nameof(LateConnectionOptions.WhenNotReady)] = static (options, section) => options.WhenNotReady = section.Get<LateWhenNotReady>(),
        [nameof(LateConnectionOptions.HandlerErrors)] = static (options, section) => options.HandlerErrors = section.Get<LateHandlerErrors>(),
        [nameof(LateConnectionOptions.OnFault)] = static (options, section) => options.OnFault = section.Get<LateOnFault>(),
        [nameof(LateConnectionOptions.TraceFrames)] = static (options, section) => options.TraceFrames = section.Get<bool>(),
        [nameof(LateConnectionOptions.LogExceptionMessages)] = static (options, section) => options.LogExceptionMessages = section.Get<bool>(),
        [nameof(LateConnectionOptions.Reconnect)] = static (options, section) => Read(options, section, ReconnectReaders!),
        [nameof(LateConnectionOptions.Rotation)] = static (options, section) => Read(options, section, RotationReaders!),
        [nameof(LateConnectionOptions.SendLimit)] = static (options, section) => Read(options, section, SendLimitReaders!),
    };

    private static readonly Dictionary<string, Action<LateConnectionOptions, IConfigurationSection>> ReconnectReaders = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(LateReconnectOptions.BaseDelay)] = static (options, section) => options.Reconnect.BaseDelay = section.Get<TimeSpan>(),
        [nameof(LateReconnectOptions.MaxDelay)] = static (options, section) => options.Reconnect.MaxDelay = section.Get<TimeSpan>(),
        [nameof(LateReconnectOptions.MaxAttempts)] = static (options, section) => options.Reconnect.MaxAttempts = section.Get<int?>(),
        [nameof(LateReconnectOptions.StableAfter)] = static (options, section) => options.Reconnect.StableAfter = section.Get<TimeSpan>(),
    };

    private static readonly Dictionary<string, Action<LateConnectionOptions, IConfigurationSection>> RotationReaders = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(LateRotationOptions.MaxSessionLifetime)] = static (options, section) => options.Rotation.MaxSessionLifetime = section.Get<TimeSpan?>(),
        [nameof(LateRotationOptions.TimeOfDay)] = static (options, section) => options.Rotation.TimeOfDay = section.Get<TimeOnly?>(),
        [nameof(LateRotationOptions.Jitter)] = static (options, section) => options.Rotation.Jitter = section.Get<TimeSpan>(),
        [nameof(LateRotationOptions.Order)] = static (options, section) => options.Rotation.Order = section.Get<LateRotationOrder>(),
    };

    private static readonly Dictionary<string, Action<LateConnectionOptions, IConfigurationSection>> SendLimitReaders = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(LateSendLimitOptions.Frames)] = static (options, section) => options.SendLimit.Frames = section.Get<int?>(),
        [nameof(LateSendLimitOptions.Bytes)] = static (options, section) => options.SendLimit.Bytes = section.Get<long?>(),
        [nameof(LateSendLimitOptions.Window)] = static (options, section) => options.SendLimit.Window = section.Get<TimeSpan>(),
    };

    public string? Name => null;

    public static string SectionOf(string name) => $"Late:{name}";

    public void Configure(LateConnectionOptions options)
    {
    }

    public void Configure(string? name, LateConnectionOptions options)
    {
        if (configuration is not null && name is not null)
        {
            Read(options, configuration.GetSection(SectionOf(name)), Readers);
        }
    }

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);

    private static void Read(
        LateConnectionOptions options, IConfigurationSection section, Dictionary<string, Action<LateConnectionOptions, IConfigurationSection>> readers)
    {
        foreach (var child in section.GetChildren())
        {
            if (!readers.TryGetValue(child.Key, out var read))
            {
                options.ConfigurationProblems.Add($"{child.Path} is not an option. There are: {string.Join(", ", readers.Keys)}.");
                continue;
            }

            try
            {
                read(options, child);
            }
            catch (Exception exception) when (exception is InvalidOperationException or FormatException or ArgumentException or OverflowException)
            {
                // The value itself is left out: a secret that stands under the wrong key would be printed.
                options.ConfigurationProblems.Add($"{child.Path} cannot be read: {Expectation(child.Key)}");
            }
        }
    }

    private static void ReadHeaders(LateConnectionOptions options, IConfigurationSection section)
    {
        foreach (var header in section.GetChildren())
        {
            options.Headers[header.Key] = header.Value ?? "";
        }
    }

    private static void ReadSubProtocols(LateConnectionOptions options, IConfigurationSection section)
    {
        foreach (var subProtocol in section.GetChildren())
        {
            options.SubProtocols.Add(subProtocol.Value ?? "");
        }
    }

    private static string Expectation(string key)
    {
        var type = typeof(LateConnectionOptions).GetProperty(key)?.PropertyType
            ?? typeof(LateReconnectOptions).GetProperty(key)?.PropertyType
            ?? typeof(LateRotationOptions).GetProperty(key)?.PropertyType
            ?? typeof(LateSendLimitOptions).GetProperty(key)?.PropertyType;
        return type switch
        {
            { IsEnum: true } => $"it is one of {string.Join(", ", Enum.GetNames(type))}.",
            _ when type == typeof(TimeSpan) || type == typeof(TimeSpan?) => "it is a time like \"00:00:10\" (hours:minutes:seconds).",
            _ when type == typeof(int) || type == typeof(int?) || type == typeof(long?) => "it is a whole number.",
            _ when type == typeof(TimeOnly?) => "it is a time of day like \"04:00\", in UTC.",
            _ when type == typeof(Version) => "it is 1.1 or 2.0.",
            _ when type == typeof(Uri) => "it is an address like \"wss://feed.example/v2\".",
            _ => "its form is wrong.",
        };
    }
}
