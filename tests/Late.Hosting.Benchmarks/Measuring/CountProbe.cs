using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Asks the server how many messages have come, and when it was by the clock that all processes share.</summary>
internal sealed class CountProbe : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _answer = new byte[16];

    private CountProbe(Socket socket) => _socket = socket;

    public static async Task<CountProbe> OpenAsync(ServerAddress server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", server.RawPort);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /count HTTP/1.1\r\n\r\n"));
        return new CountProbe(socket);
    }

    public async Task<(long Timestamp, long Count)> ReadAsync()
    {
        await _socket.SendAsync(_answer.AsMemory(0, 1));
        for (int length = 0; length < _answer.Length;)
        {
            int read = await _socket.ReceiveAsync(_answer.AsMemory(length));
            length += read > 0 ? read : throw new InvalidOperationException("The server is gone.");
        }

        return (BinaryPrimitives.ReadInt64LittleEndian(_answer), BinaryPrimitives.ReadInt64LittleEndian(_answer.AsSpan(8)));
    }

    public void Dispose() => _socket.Dispose();
}
