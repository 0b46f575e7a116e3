namespace Late.Hosting.WebSockets;

/// <summary>Where reads go: a pooled segment, the bytes in it that are not parsed yet, and the room behind them.</summary>
/// <remarks>
/// It begins small, and grows while reads fill it: what waits in a queue holds the whole segment that it was read into,
/// so that a quiet connection with a slow handler should not hold large ones.
/// </remarks>
internal sealed class ReceiveBuffer(int maxSegmentBytes)
{
    private const int FirstSegmentBytes = 4 * 1024;

    private int _nextSegmentBytes = Math.Min(FirstSegmentBytes, maxSegmentBytes);
    private Segment? _segment;
    private int _end;

    /// <summary>Holds the bytes; only while there is a buffer, from <see cref="GetRoom"/> to <see cref="Release"/>.</summary>
    public Segment Segment => _segment!;

    /// <summary>Where in the segment the unparsed bytes begin.</summary>
    public int Start { get; private set; }

    public int Length => _end - Start;

    public ReadOnlySpan<byte> Unparsed => _segment is null ? default : _segment.Array.AsSpan(Start, Length);

    /// <summary>Room for the next read; never empty. The unparsed bytes may move.</summary>
    public Memory<byte> GetRoom()
    {
        bool isReusable = _segment is not null && _segment.Array.Length >= _nextSegmentBytes;
        if (isReusable && Length == 0 && !_segment!.IsShared)
        {
            (Start, _end) = (0, 0);
        }

        if (!isReusable || _segment!.Array.Length - _end < _segment.Array.Length / 4)
        {
            Move(isReusable);
        }

        return _segment!.Array.AsMemory(_end);
    }

    /// <summary>Adds the bytes that were written into the room.</summary>
    public void Commit(int count) => _end += count;

    /// <summary>Marks bytes as parsed.</summary>
    public void Consume(int count) => Start += count;

    /// <summary>Discards the unparsed bytes.</summary>
    public void Discard() => Start = _end;

    /// <summary>A read that filled the buffer left more behind: the next buffer is larger.</summary>
    public void GrowIfFull()
    {
        if (_segment is not null && _end == _segment.Array.Length)
        {
            _nextSegmentBytes = Math.Min(_nextSegmentBytes * 4, maxSegmentBytes);
        }
    }

    /// <summary>Gives the memory back; the batches that look at it keep theirs.</summary>
    public void Release()
    {
        _segment?.Release();
        (_segment, Start, _end) = (null, 0, 0);
        _nextSegmentBytes = Math.Min(FirstSegmentBytes, maxSegmentBytes);
    }

    private void Move(bool isReusable)
    {
        // Only the start of a frame moves: a header, or a control frame, which is used when it is whole.
        var next = isReusable && !_segment!.IsShared ? _segment : Segment.Rent(_nextSegmentBytes);
        Unparsed.CopyTo(next.Array);
        if (next != _segment)
        {
            _segment?.Release();
        }

        (_segment, Start, _end) = (next, 0, Length);
    }
}
