using Microsoft.Extensions.Primitives;

namespace Late.Hosting;

/// <summary>One attempt's upgrade request, to be completed: a fresh token, another address.</summary>
public sealed class LateHandshakeContext
{
    internal LateHandshakeContext(string name, int attempt, LateConnectionOptions options, IServiceProvider services)
    {
        Name = name;
        Attempt = attempt;
        Services = services;
        Headers = new Dictionary<string, StringValues>(options.Headers, StringComparer.OrdinalIgnoreCase);
        SubProtocols = [.. options.SubProtocols];
    }

    /// <summary>The connection's name.</summary>
    public string Name { get; }

    /// <summary>Which attempt this is since the last stable session; the first is 1.</summary>
    public int Attempt { get; }

    /// <summary>
    /// The outcome before: how the last session ended, or why the last attempt failed; null for the first attempt. Of an attempt that is
    /// made while a session is open, why the last attempt to replace that session failed; null where there was none.
    /// </summary>
    public LateSessionOutcome? Previous { get; internal init; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The address of this attempt; at first the next of <see cref="LateConnectionOptions.Uri"/> and <see cref="LateConnectionOptions.Uris"/>.</summary>
    public Uri? Uri { get; set; }

    /// <summary>The headers of this attempt; names are compared without case. At first those of the options.</summary>
    public IDictionary<string, StringValues> Headers { get; }

    /// <summary>The sub-protocols asked for in this attempt; at first those of the options.</summary>
    public IList<string> SubProtocols { get; }
}
