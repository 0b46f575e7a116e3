using System.Net.Sockets;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Counts what a connection reads from its socket.</summary>
public sealed class ReadGauge
{
    private readonly Channel<long> _begun = Channel.CreateUnbounded<long>();
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Waits until the connection has dealt with more than so many bytes, and reads on; how many it were.</summary>
    public async Task<long> PastAsync(long bytes)
    {
        long dealtWith;
        while ((dealtWith = await _begun.Reader.ReadAsync(TestContext.Current.CancellationToken)) <= bytes)
        {
        }

        return dealtWith;
    }

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
            gauge._begun.Writer.TryWrite(gauge.Bytes);
            var read = await base.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref gauge._bytes, read);
            return read;
        }
    }
}
