using System.Buffers;
using System.Collections.Concurrent;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>Blocks of 128 KiB, kept for their next use.</summary>
internal sealed class LargeBlockPool : MemoryPool<byte>
{
    public const int BlockBytes = 128 * 1024;

    private readonly ConcurrentBag<Block> _blocks = [];

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => _blocks.TryTake(out var block) ? block : new Block(this);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(LargeBlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public void Dispose() => pool._blocks.Add(this);
    }
}
