using System.Net.Sockets;

namespace Late.Hosting.Benchmarks.Contestants.Raw;

/// <summary>Writes ready-made frames as fast as a socket can be written.</summary>
internal sealed class RawSend(byte[] frames) : RawTrial("/sink")
{
    public override long? Done => null;

    protected override void Work(Socket socket) => socket.Send(frames);
}
