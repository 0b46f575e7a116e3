using System.Globalization;
using System.Text;

namespace Late.Hosting.Simulation.Network;

/// <summary>Where in a server's bytes its messages and pings end, so that what the client has read shows how far it has come.</summary>
internal sealed class SentBytes
{
    private readonly List<long> _messageEnds = [0];
    private readonly List<(long FirstEnd, byte[] Payload)> _pings = [];
    private readonly HashSet<int> _emptyMessages = [];
    private long _bytes;
    private int _newestRead = -1;
    private int _answered;
    private byte[]? _lastPong;
    private long _pongedAt = -1;

    public int LargestMessage { get; private set; }

    /// <summary>How many bytes the frames have that no handler sees.</summary>
    public int ControlBytes { get; private set; }

    /// <summary>The number of the next message.</summary>
    public int NextMessage => _messageEnds.Count;

    /// <summary>How many pongs the client has sent.</summary>
    public int Pongs { get; private set; }

    /// <summary>A payload that no ping had before.</summary>
    public byte[] NextPing() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ping {_pings.Count}"));

    public bool IsEmptyMessage(int number) => _emptyMessages.Contains(number);

    public void AddMessage(byte[] frame)
    {
        _bytes += frame.Length;
        _messageEnds.Add(_bytes);
        LargestMessage = Math.Max(LargestMessage, frame.Length);
    }

    public void AddEmptyMessages(byte[] frame, int count)
    {
        for (; count > 0; count--)
        {
            _emptyMessages.Add(NextMessage);
            AddMessage(frame);
        }
    }

    /// <summary>Adds frames that no handler sees: among them pings with one payload, the first of them first.</summary>
    public void AddPings(byte[] frames, byte[] payload)
    {
        _pings.Add((_bytes + ServerFrames.Ping(payload).Length, payload));
        AddControl(frames);
    }

    /// <summary>A frame that is no message: a pong, a close frame, or one that breaks the protocol.</summary>
    public void AddControl(byte[] frame)
    {
        _bytes += frame.Length;
        ControlBytes += frame.Length;
    }

    /// <summary>The client answers a ping.</summary>
    /// <returns>False where it has read none with this payload since the last one that it answered.</returns>
    public bool OnPong(byte[] payload, long bytesRead)
    {
        Pongs++;
        (_lastPong, _pongedAt) = (payload, bytesRead);
        for (var index = _answered; index <= NewestRead(bytesRead); index++)
        {
            if (_pings[index].Payload.AsSpan().SequenceEqual(payload))
            {
                _answered = index;
                return true;
            }
        }

        return false;
    }

    /// <summary>How many bytes lie between what the client has read and what its handler has handled.</summary>
    public long Unhandled(long bytesRead, int handledMessages) => bytesRead - _messageEnds[Math.Min(handledMessages, _messageEnds.Count - 1)];

    /// <summary>True where the next message came whole in the same read as this one, or in an earlier one.</summary>
    public bool IsNextRead(int message, List<long> reads)
    {
        if (message + 1 >= _messageEnds.Count)
        {
            return false;
        }

        var at = reads.BinarySearch(_messageEnds[message]);
        at = at < 0 ? ~at : at;
        return at < reads.Count && _messageEnds[message + 1] <= reads[at];
    }

    /// <summary>How many messages the client has read whole.</summary>
    public int Read(long bytesRead)
    {
        var at = _messageEnds.BinarySearch(bytesRead);
        return at < 0 ? ~at - 1 : at;
    }

    /// <summary>True where the client has read a ping whole, and answered neither it nor a newer one (RFC 6455 §5.5.3).</summary>
    public bool HasUnanswered(long bytesRead)
    {
        var newest = NewestRead(bytesRead);
        return newest >= 0 && !(_pongedAt >= _pings[newest].FirstEnd && _lastPong.AsSpan().SequenceEqual(_pings[newest].Payload));
    }

    // What has been read only grows.
    private int NewestRead(long bytesRead)
    {
        while (_newestRead + 1 < _pings.Count && _pings[_newestRead + 1].FirstEnd <= bytesRead)
        {
            _newestRead++;
        }

        return _newestRead;
    }
}
