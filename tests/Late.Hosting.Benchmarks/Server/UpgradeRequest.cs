using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>The head of an upgrade request: its path specifies what the server is to do.</summary>
internal sealed class UpgradeRequest
{
    private static readonly byte[] s_end = "\r\n\r\n"u8.ToArray();

    private readonly string _key;
    private readonly System.Collections.Specialized.NameValueCollection _query;

    private UpgradeRequest(string target, string key)
    {
        var parts = target.Split('?', 2);
        Path = parts[0];
        _query = HttpUtility.ParseQueryString(parts.Length > 1 ? parts[1] : "");
        _key = key;
    }

    public string Path { get; }

    /// <summary>The size of the server's messages.</summary>
    public int Size => int.Parse(_query["size"] ?? "64", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The text of the server's messages; null for one of the size.</summary>
    public string? Text => _query["text"];

    /// <summary>Whether messages are compressed, both ways.</summary>
    public bool IsCompressed => _query["deflate"] == "on";

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="length">How long the head is.</param>
    /// <returns>Null where it is not whole yet.</returns>
    public static UpgradeRequest? Parse(ReadOnlySpan<byte> bytes, out int length)
    {
        length = bytes.IndexOf(s_end) + s_end.Length;
        if (length < s_end.Length)
        {
            return null;
        }

        var lines = Encoding.ASCII.GetString(bytes[..length]).Split("\r\n");
        var key = lines.FirstOrDefault(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase));
        return new UpgradeRequest(lines[0].Split(' ')[1], key?.Split(':', 2)[1].Trim() ?? "");
    }

    /// <summary>The answer that switches to WebSocket (RFC 6455 §4.2.2).</summary>
    public byte[] Answer()
    {
#pragma warning disable CA5350 // RFC 6455 requires SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var extension = IsCompressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n{extension}\r\n");
    }
}
