using System.Net.Sockets;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Holds up what a connection writes to its socket, before or after the socket has it.</summary>
public sealed class WriteGate
{
    /// <summary>Waited for before the bytes go to the socket; a failure is one of the write.</summary>
    public Func<Task>? Before { get; set; }

    /// <summary>Waited for when the socket has the bytes, before their writer continues.</summary>
    public Func<Task>? After { get; set; }

    public void Attach(ILateConnectionBuilder connection) => connection.ConfigureHttpHandler((handler, _) =>
        handler.ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new GatedStream(this, socket);
        });

    private sealed class GatedStream(WriteGate gate, Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Like a write that the network holds up, it ends with the connection.
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await await Task.WhenAny(gate.Before?.Invoke() ?? Task.CompletedTask, _disposed.Task);
            await base.WriteAsync(buffer, cancellationToken);
            await await Task.WhenAny(gate.After?.Invoke() ?? Task.CompletedTask, _disposed.Task);
        }

        protected override void Dispose(bool disposing)
        {
            _disposed.TrySetException(new ObjectDisposedException(nameof(GatedStream)));
            _ = _disposed.Task.Exception;
            base.Dispose(disposing);
        }
    }
}
