using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>Makes Kestrel read into large blocks: with its own of 4 KiB, reading would be the limit of a client that writes fast.</summary>
internal sealed class LargeBlockPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlockPool();
}
