using System.Globalization;
using System.Text;

namespace Late.Hosting.Simulation.Network;

/// <summary>Where in a server's bytes its messages and pings end, so that what the client has read tells how far it has come.</summary>
internal sealed class SentBytes
{
    private readonly List<long> _messageEnds = [0];
    private readonly List<(long End, byte[] Payload)> _pings = [];
    private readonly List<byte[]> _pongs = [];
    private long _bytes;

    public int LargestMessage { get; private set; }

    /// <summary>How many bytes the frames have that no handler sees.</summary>
    public int ControlBytes { get; private set; }

    /// <summary>The number of the next message.</summary>
    public int NextMessage => _messageEnds.Count;

    /// <summary>A payload that no ping had before.</summary>
    public byte[] NextPing() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ping {_pings.Count}"));

    public void AddMessage(byte[] frame)
    {
        _bytes += frame.Length;
        _messageEnds.Add(_bytes);
        LargestMessage = Math.Max(LargestMessage, frame.Length);
    }

    public void AddPing(byte[] frame, byte[] payload)
    {
        AddControl(frame);
        _pings.Add((_bytes, payload));
    }

    /// <summary>A frame that is no message: a pong, a close frame, or one that breaks the protocol.</summary>
    public void AddControl(byte[] frame)
    {
        _bytes += frame.Length;
        ControlBytes += frame.Length;
    }

    public void OnPong(byte[] payload) => _pongs.Add(payload);

    /// <summary>How many bytes lie between what the client has read and what its handler has handled.</summary>
    public long Unhandled(long bytesRead, int handledMessages) => bytesRead - _messageEnds[Math.Min(handledMessages, _messageEnds.Count - 1)];

    /// <summary>How many pings the client has read whole and not answered.</summary>
    public int Unanswered(long bytesRead) =>
        _pings.Count(ping => ping.End <= bytesRead && !_pongs.Exists(pong => pong.AsSpan().SequenceEqual(ping.Payload)));
}
