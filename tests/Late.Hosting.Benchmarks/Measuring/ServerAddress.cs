using System.Globalization;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Where the server listens: on raw bytes, for HTTP/1.1, and for HTTP/2 without TLS.</summary>
internal sealed record ServerAddress(int RawPort, int HttpPort, int Http2Port)
{
    /// <summary>Reads what the server prints when it has started.</summary>
    public static ServerAddress Parse(string ports) =>
        ports.Split(' ').Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray() is [var raw, var http, var http2]
            ? new ServerAddress(raw, http, http2)
            : throw new FormatException($"'{ports}' are not the server's ports.");

    /// <summary>The work that the raw port is to do.</summary>
    public Uri Raw(string target) => new($"ws://127.0.0.1:{RawPort}{target}");

    public Uri Idle => new($"ws://127.0.0.1:{HttpPort}/idle");

    public Uri Hub => new($"http://127.0.0.1:{HttpPort}/hub");

    /// <summary>When TCP connections came to <see cref="HttpPort"/>.</summary>
    public Uri Accepted => new($"http://127.0.0.1:{HttpPort}/accepted");

    /// <summary>Sends messages back.</summary>
    public Uri Echo(Version httpVersion) => new($"ws://127.0.0.1:{(httpVersion.Major == 1 ? HttpPort : Http2Port)}/echo");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RawPort} {HttpPort} {Http2Port}");
}
