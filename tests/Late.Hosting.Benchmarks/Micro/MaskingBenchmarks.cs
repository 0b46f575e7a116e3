using BenchmarkDotNet.Attributes;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Benchmarks.Micro;

/// <summary>Masking of one payload.</summary>
public class MaskingBenchmarks
{
    private byte[] _source = [];
    private byte[] _destination = [];

    [Params(16, 64, 1024, 64 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => (_source, _destination) = (new byte[Size], new byte[Size]);

    [Benchmark]
    public void Mask() => Masking.Mask(_source, _destination, 0x12345678);

    [Benchmark(Baseline = true)]
    public void Copy() => _source.AsSpan().CopyTo(_destination);
}
