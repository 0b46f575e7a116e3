using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Raw;

/// <summary>A socket behind an upgrade by hand: what is left to know of WebSocket is how long the ready-made frames are.</summary>
internal static class RawSocket
{
    private const int MaskedHeaderBytes = 6;

    public static Socket Connect(ServerAddress server, string target)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect("127.0.0.1", server.RawPort);
        socket.Send(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        var one = new byte[1];
        for (int matched = 0; matched < 4 && socket.Receive(one) == 1;)
        {
            matched = one[0] == "\r\n\r\n"[matched] ? matched + 1 : one[0] == '\r' ? 1 : 0;
        }

        return socket;
    }

    /// <summary>Masked frames of a small text, one behind the other.</summary>
    public static byte[] Frames(byte[] text, int count)
    {
        var bytes = new byte[(MaskedHeaderBytes + text.Length) * count];
        for (int i = 0; i < count; i++)
        {
            var frame = bytes.AsSpan(i * (MaskedHeaderBytes + text.Length));
            (frame[0], frame[1]) = (0x81, (byte)(0x80 | text.Length));
            RandomNumberGenerator.Fill(frame[2..MaskedHeaderBytes]);
            for (int j = 0; j < text.Length; j++)
            {
                frame[MaskedHeaderBytes + j] = (byte)(text[j] ^ frame[2 + (j % 4)]);
            }
        }

        return bytes;
    }
}
