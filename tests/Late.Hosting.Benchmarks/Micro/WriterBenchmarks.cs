using BenchmarkDotNet.Attributes;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Benchmarks.Micro;

/// <summary>Writing of messages into the buffer of one flush.</summary>
[MemoryDiagnoser]
public class WriterBenchmarks
{
    private const int FlushBytes = 64 * 1024;

    private readonly FrameWriter _writer = new();
    private LateFrame _bytes;
    private LateFrame _text;
    private int _count;

    [Params(16, 64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _text = LateFrame.Text(Payloads.Text(Size));
        _bytes = LateFrame.Text(_text.Payload);
        _count = FlushBytes / (Size + 6);
    }

    [GlobalCleanup]
    public void Cleanup() => _writer.Dispose();

    /// <summary>A flush of messages that are bytes already.</summary>
    [Benchmark]
    public void Bytes() => Write(_bytes);

    /// <summary>A flush of messages that are strings.</summary>
    [Benchmark]
    public void Text() => Write(_text);

    private void Write(in LateFrame frame)
    {
        for (int i = 0; i < _count; i++)
        {
            _writer.Write(frame);
        }

        _writer.Clear();
    }
}
