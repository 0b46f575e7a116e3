using BenchmarkDotNet.Attributes;
using Late.Hosting.Benchmarks.Server;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Benchmarks.Micro;

/// <summary>Reading of what one read of 64 KiB brings.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    private const int ReadBytes = 64 * 1024;

    private readonly FrameReader _reader = new(maxMessageBytes: 1024 * 1024);
    private byte[] _block = [];

    [Params(16, 64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _block = ReadyFrames.Repeated(Size, ReadBytes / (Size + 4)).Block.ToArray();

    [GlobalCleanup]
    public void Cleanup() => _reader.Dispose();

    [Benchmark]
    public int Parse()
    {
        int count = 0;
        for (int position = 0; position < _block.Length;)
        {
            var buffer = _reader.GetBuffer().Span;
            int length = Math.Min(buffer.Length, _block.Length - position);
            _block.AsSpan(position, length).CopyTo(buffer);
            var batch = FrameBatch.Rent();
            _reader.Advance(length, batch);
            count += batch.Count;
            batch.Release();
            position += length;
        }

        return count;
    }
}
