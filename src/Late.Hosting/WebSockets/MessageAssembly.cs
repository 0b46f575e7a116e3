namespace Late.Hosting.WebSockets;

/// <summary>
/// A message that cannot be handed out where it was read: its fragments joined (RFC 6455 §5.4), inflated, and checked as
/// they come (§8.1). Small ones lie one behind the other in a shared segment, a large one has memory of its own, which
/// grows with what was received and never exceeds the limit.
/// </summary>
internal sealed class MessageAssembly(int maxBytes) : IDisposable
{
    private const int SegmentBytes = 32 * 1024;
    private const int RoomToBegin = 4 * 1024;

    // A header can announce what never comes: more than this is taken only once half of it has arrived.
    private const int TakenInAdvance = 1024 * 1024;

    private Segment? _segment;
    private int _start;
    private int _length;
    private int _validated;
    private bool _isText;

    /// <summary>The limit, for the caller that fills the room.</summary>
    public int MaxBytes => maxBytes;

    /// <summary>What there is of the message.</summary>
    public ReadOnlySpan<byte> Inflated => _segment is null ? default : _segment.Array.AsSpan(_start, _length);

    /// <summary>True between the first frame of a message and its last.</summary>
    public bool IsActive { get; private set; }

    public void Begin(bool isText)
    {
        (IsActive, _isText, _validated) = (true, isText, 0);
        if (_segment is { IsShared: false })
        {
            _start = 0;
        }
        else if (_segment is not null && _segment.Array.Length - _start < RoomToBegin)
        {
            ReleaseSegment();
        }
    }

    /// <summary>Announces a header's payload, before memory is taken for it.</summary>
    public void Expect(long count)
    {
        if (count > maxBytes - _length)
        {
            throw WebSocketProtocolException.TooBig(maxBytes);
        }

        Reserve(Math.Min(_length + count, Math.Max(TakenInAdvance, _length * 2L)));
    }

    /// <summary>Free memory for the next bytes of the message; empty only when the message is as large as it may be.</summary>
    public Memory<byte> GetRoom(long atMost)
    {
        Reserve(Math.Min(_length + 1L, maxBytes));
        var array = _segment!.Array;
        return array.AsMemory(_start + _length, (int)Math.Min(atMost, Math.Min(array.Length - _start, maxBytes) - _length));
    }

    /// <summary>Adds the bytes that were written into the room.</summary>
    public void Commit(int count) => _length += count;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve((long)_length + bytes.Length);
        bytes.CopyTo(_segment!.Array.AsSpan(_start + _length));
        _length += bytes.Length;
    }

    /// <summary>Fails as soon as the text cannot become valid any more, or, at the end, when it stops in a character.</summary>
    public void CheckText(bool isWhole)
    {
        if (!_isText || _segment is null)
        {
            return;
        }

        int valid = Utf8Prefix.Validate(_segment.Array.AsSpan(_start + _validated, _length - _validated));
        if (valid < 0 || (isWhole && _validated + valid != _length))
        {
            throw WebSocketProtocolException.InvalidText();
        }

        _validated += valid;
    }

    /// <summary>The message is whole: the batch gets it.</summary>
    public void Complete(FrameBatch batch)
    {
        Reserve(_length);
        batch.Add(_isText ? LateFrameKind.Text : LateFrameKind.Binary, batch.Share(_segment!), _start, _length);
        (IsActive, _start, _length) = (false, _start + _length, 0);
        if (_segment!.Array.Length > SegmentBytes)
        {
            ReleaseSegment();
        }
    }

    /// <summary>Between messages: keeps no memory for the next one.</summary>
    public void ReleaseSegment()
    {
        _segment?.Release();
        (_segment, _start) = (null, 0);
    }

    public void Dispose()
    {
        ReleaseSegment();
        (IsActive, _length) = (false, 0);
    }

    private void Reserve(long capacity)
    {
        if (_segment is not null && _segment.Array.Length - _start >= capacity)
        {
            return;
        }

        // Twice what is there already, so that a message of many fragments is not copied with each of them.
        long wanted = Math.Max(capacity, Math.Min(maxBytes, _length * 2L));
        var larger = Segment.Rent((int)Math.Min(Math.Max(wanted, SegmentBytes), Array.MaxLength));
        if (_segment is not null)
        {
            _segment.Array.AsSpan(_start, _length).CopyTo(larger.Array);
            _segment.Release();
        }

        (_segment, _start) = (larger, 0);
    }
}
