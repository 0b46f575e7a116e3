using System.Net.Sockets;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Counts what a connection reads from its socket.</summary>
public sealed class ReadGauge
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Attach(ILateConnectionBuilder connection) => connection.ConfigureHttpHandler((handler, _) =>
        handler.ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new GaugedStream(this, socket);
        });

    private sealed class GaugedStream(ReadGauge gauge, Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref gauge._bytes, read);
            return read;
        }
    }
}
