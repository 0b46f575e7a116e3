namespace Late.Hosting.Benchmarks.Server;

/// <summary>The same frame many times, so that the answers to what one read brought are one write.</summary>
internal readonly record struct ReadyReply(ReadOnlyMemory<byte> Block, int FrameBytes)
{
    public int Frames => Block.Length / FrameBytes;

    public ReadOnlyMemory<byte> Take(int frames) => Block[..(Math.Min(frames, Frames) * FrameBytes)];
}
