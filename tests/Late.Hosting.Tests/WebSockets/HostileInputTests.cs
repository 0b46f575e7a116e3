using System.Net.WebSockets;
using CsCheck;
using Late.Hosting.WebSockets;
using static Late.Hosting.Tests.WebSockets.ServerFrames;

namespace Late.Hosting.Tests.WebSockets;

/// <summary>Nothing but messages and protocol errors comes out, whatever goes in, and memory stays flat.</summary>
[CollectionDefinition(nameof(HostileInputTests), DisableParallelization = true)] // It measures memory, which others would take meanwhile.
[Collection(nameof(HostileInputTests))]
public sealed class HostileInputTests
{
    private static readonly byte[] s_noise = StreamGenerator.Bytes(64 * 1024, 1);

    [Theory] // RFC 6455 §10.7: mutated and random streams, ten for each that LATE_FUZZ_STREAMS asks for, with and without compression.
    [InlineData(false)]
    [InlineData(true)]
    public void Mutated_streams(bool compressed)
    {
        byte[][] corpus = compressed ? CompressedCorpus() : PlainCorpus();
        int inputs = StreamGenerator.Streams * (compressed ? 2 : 8);
        var random = new Random(Environment.TickCount);
        int seed = random.Next();
        random = new Random(seed);
        long before = 0;
        for (int i = 0; i < inputs; i++)
        {
            if (i == inputs / 10)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }

            byte[] input = random.Next(20) == 0 ? s_noise.AsSpan(random.Next(60_000), random.Next(1000)).ToArray() : Mutate(corpus, random);
            try
            {
                Feed(input, random, compressed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Input {i} of seed {seed}: {Convert.ToHexString(input)}", exception);
            }
        }

        // Pools may have filled in between; a leak of a buffer per input would be hundreds of megabytes.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 << 20);
    }

    private static void Feed(byte[] input, Random random, bool compressed)
    {
        int limit = random.Next(3) == 0 ? 300 : 1 << 16;
        int most = random.Next(4) switch { 0 => 1, 1 => 10, 2 => 200, _ => int.MaxValue };
        using var reader = new FrameReader(limit, random.Next(2) == 0 ? 256 : 4096, compressed ? new Inflater() : null);
        var batch = FrameBatch.Rent();
        try
        {
            for (int at = 0; at < input.Length;)
            {
                var buffer = reader.GetBuffer().Span;
                int count = Math.Min(Math.Min(most, buffer.Length), input.Length - at);
                input.AsSpan(at, count).CopyTo(buffer);
                at += count;
                reader.Advance(count, batch);
                while (reader.HasMore || random.Next(3) == 0)
                {
                    Look(batch, limit);
                    batch.Release();
                    batch = FrameBatch.Rent();
                    if (reader.HasMore)
                    {
                        reader.Advance(0, batch);
                    }
                }
            }
        }
        catch (WebSocketProtocolException exception)
        {
            Assert.True(exception.CloseCode is 1002 or 1007 or 1009);
        }

        Look(batch, limit);
        batch.Release();
    }

    private static void Look(FrameBatch batch, int limit)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Assert.InRange(batch.Open(i).Payload.Length, 0, limit);
        }
    }

    private static byte[] Mutate(byte[][] corpus, Random random)
    {
        byte[] first = corpus[random.Next(corpus.Length)];
        byte[] second = corpus[random.Next(corpus.Length)];
        byte[] input = [.. first.AsSpan(0, random.Next(first.Length + 1)), .. second.AsSpan(random.Next(second.Length + 1))];
        for (int i = random.Next(4); i > 0 && input.Length > 0; i--)
        {
            input[random.Next(input.Length)] ^= (byte)(1 << random.Next(8));
        }

        return input;
    }

    private static byte[][] PlainCorpus() =>
        [.. Enumerable.Range(0, 300).Select(_ => StreamGenerator.Any.Single()).Where(stream => stream.Length < 2000)];

    private static byte[][] CompressedCorpus() =>
    [
        .. Enumerable.Range(0, 100).Select(i => Oracle.WriteAsServer(
            Enumerable.Range(0, 1 + (i % 5)).Select(j => LateFrame.Text(StreamGenerator.Ascii(i * j, (uint)i))),
            new WebSocketDeflateOptions())),
        Frame(0xC2, Deflate(new byte[1_000_000])),
        Join(Frame(0x41, Deflate(new byte[1000])[..3]), Frame(0x80, Deflate(new byte[1000])[3..])),
    ];
}
