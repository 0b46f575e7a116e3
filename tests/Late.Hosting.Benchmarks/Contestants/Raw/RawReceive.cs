using System.Net.Sockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Raw;

/// <summary>Reads as fast as a socket can be read, and divides by the size of a frame.</summary>
internal sealed class RawReceive(string target, int frameBytes) : RawTrial(target)
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly Counter _bytes = new();

    public override long? Done => _bytes.Value / frameBytes;

    protected override void Work(Socket socket) => _bytes.Add(socket.Receive(_buffer));
}
