using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>What must be so of an upgrade request, and of the options that it is made from.</summary>
internal static class RequestCheck
{
    // RFC 9110 §5.6.2: what a token, and so a header's name and a sub-protocol, is made of.
    private static readonly System.Buffers.SearchValues<char> TokenCharacters = System.Buffers.SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // The handshake writes these itself (RFC 6455 §4.1).
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Host", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "Upgrade",
    };

    /// <summary>What is wrong with an address; null where nothing is.</summary>
    public static string? ProblemOfUri(Uri? uri) => uri switch
    {
        null => "is missing. Set it in the configuration, in AddLateConnection or in ConfigureHandshake.",
        { IsAbsoluteUri: false } => "is not absolute. Specify it completely, like wss://feed.example/v2.",
        { Scheme: "http" or "https" } => $"has the scheme {uri.Scheme}. A WebSocket's is {(uri.Scheme == "http" ? "ws" : "wss")}.",
        // Not shown: of a token in the wrong place, what stands before a colon would be a scheme.
        { Scheme: not ("ws" or "wss") } => "has another scheme than ws or wss. Specify it completely, like wss://feed.example/v2.",
        { Fragment.Length: > 0 } => "has a fragment (#…), which a WebSocket's address must not have (RFC 6455 §3).",
        _ => null,
    };

    /// <summary>What is wrong with a header; null where nothing is. The value is never part of the message.</summary>
    public static string? ProblemOfHeader(string name, StringValues values) =>
        !IsToken(name) ? "is not a header's name (RFC 9110 §5.1)."
        : Reserved.Contains(name) ? "is written by the handshake itself. For sub-protocols there is SubProtocols."
        : values.Count == 0 || values.Contains(null) ? "is null."
        : values.Any(static value => value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) ? "has a value with a line break."
        : null;

    /// <summary>True for what can be a sub-protocol's name (RFC 6455 §4.1).</summary>
    public static bool IsToken([NotNullWhen(true)] string? text) => text?.Length > 0 && text.AsSpan().IndexOfAnyExcept(TokenCharacters) < 0;

    /// <summary>What is wrong with a request; null where nothing is.</summary>
    public static string? Problem(LateHandshakeContext request)
    {
        if (ProblemOfUri(request.Uri) is { } uriProblem)
        {
            return $"Uri {uriProblem}";
        }

        foreach (var (name, values) in request.Headers)
        {
            if (ProblemOfHeader(name, values) is { } headerProblem)
            {
                return $"the header {name} {headerProblem}";
            }
        }

        return request.SubProtocols.All(IsToken) ? null : "one of SubProtocols is not a sub-protocol's name (RFC 6455 §4.1).";
    }
}
