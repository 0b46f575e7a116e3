using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The bytes of floods: whole frames, about 64 KiB, to be written again and again.</summary>
internal static class FloodBytes
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>What comes once before the first chunk.</summary>
    public static byte[] Before(FloodKind kind) => kind is FloodKind.EmptyFragments or FloodKind.FragmentsAndPings ? Frames.Make(Frames.Text, [], isLast: false) : [];

    /// <summary>What comes once behind the last chunk.</summary>
    public static byte[] Behind(FloodKind kind) => kind is FloodKind.EmptyFragments or FloodKind.FragmentsAndPings ? Frames.Make(Frames.Continuation, []) : [];

    public static byte[] Chunk(FloodKind kind, int size, bool isCompressed)
    {
        var payload = new byte[size];
        payload.AsSpan().Fill((byte)'x');
        byte[] unit = kind switch
        {
            FloodKind.Pings => Frames.Make(Frames.Ping, payload),
            FloodKind.Pongs => Frames.Make(Frames.Pong, payload),
            FloodKind.PingsAndPongs => [.. Frames.Make(Frames.Ping, payload), .. Frames.Make(Frames.Pong, payload)],
            FloodKind.EmptyFragments => Frames.Make(Frames.Continuation, [], isLast: false),
            FloodKind.FragmentsAndPings => [.. Frames.Make(Frames.Continuation, [], isLast: false), .. Frames.Make(Frames.Ping, payload)],
            FloodKind.EmptyMessages => Frames.Make(Frames.Text, []),
            FloodKind.EmptyMessageAndPongs => [.. Frames.Make(Frames.Text, []), .. Enumerable.Repeat(Frames.Make(Frames.Pong, []), 32_000).SelectMany(pong => pong)],
            FloodKind.SmallMessages or FloodKind.LargeMessages => Frames.Make(Frames.Binary, payload),
            FloodKind.CompressedMessages or FloodKind.CompressedEmptyMessages => Frames.Make(Frames.Text, Frames.Compress(payload), isCompressed: true),
            FloodKind.CompressedZeros => Frames.Make(Frames.Binary, Frames.Compress(new byte[size]), isCompressed: true),
            FloodKind.CompressedMix =>
            [
                .. Frames.Make(Frames.Text, Frames.Compress(payload), isCompressed: true),
                .. Frames.Make(Frames.Ping, payload),
                .. Frames.Make(Frames.Text, Frames.Compress([]), isCompressed: true),
                .. Frames.Make(Frames.Binary, Frames.Compress(new byte[8000]), isCompressed: true),
            ],
            _ => Everything(payload, isCompressed),
        };
        var count = Math.Max(1, ChunkBytes / unit.Length);
        var chunk = new byte[count * unit.Length];
        for (var i = 0; i < count; i++)
        {
            unit.CopyTo(chunk, i * unit.Length);
        }

        return chunk;
    }

    private static byte[] Everything(byte[] payload, bool isCompressed) =>
    [
        .. Frames.Make(Frames.Ping, payload),
        .. Frames.Make(Frames.Text, [], isLast: false),
        .. Frames.Make(Frames.Continuation, [], isLast: false),
        .. Frames.Make(Frames.Pong, payload),
        .. Frames.Make(Frames.Continuation, []),
        .. Frames.Make(Frames.Binary, payload),
        .. Frames.Make(Frames.Text, []),
        .. isCompressed ? Frames.Make(Frames.Text, Frames.Compress(payload), isCompressed: true) : [],
    ];
}
