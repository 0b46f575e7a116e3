using System.IO.Compression;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>
/// Messages compressed with context takeover (RFC 7692 §7.2.1). The first looks back at nothing, and the others only at
/// what the block itself holds: so the block can follow itself, again and again.
/// </summary>
internal static class CompressedFrames
{
    private const byte FinalCompressedText = 0xC1;
    private const int TailBytes = 4;

    public static ReadOnlyMemory<byte> Block()
    {
        var block = new List<byte>();
        using var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.Optimal);
        foreach (var message in Payloads.Json(512))
        {
            compressed.SetLength(0);
            deflate.Write(message);
            deflate.Flush();
            block.AddRange(ReadyFrames.Frame(FinalCompressedText, compressed.ToArray().AsSpan(..^TailBytes)));
        }

        return block.ToArray();
    }
}
