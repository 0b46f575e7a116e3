using Late.Hosting.Diagnostics;

namespace Late.Hosting.WebSockets;

/// <summary>
/// What one read brought: whole messages, parsed in place, and the control frames between them. It holds the memory
/// that they lie in until <see cref="Release"/>, and is itself reused: whoever releases a batch forgets it.
/// </summary>
/// <remarks>Filled by one thread, then handed over as a whole; not for two threads at once.</remarks>
internal sealed class FrameBatch
{
    // One full segment of 16-byte messages has 3,600 of them; what a flood of empty ones needs is not kept.
    private const int FramesKept = 8192;
    private const int SourcesKept = 64;

    // No frame has this index.
    private const long NoneOpen = uint.MaxValue;

    private static readonly Pool<FrameBatch> s_pool = new(capacity: 256);

    private FrameDescriptor[] _frames = new FrameDescriptor[16];
    private Segment?[] _sources = new Segment?[2];
    private ControlFrame[] _controls = [];
    private int _count;
    private int _sourceCount;
    private int _controlCount;
    private long _bytes;
    private bool _rented;

    // The stamp of the frame that is open: in its upper half how often the batch has been released, so that a frame that
    // was kept is known after any reuse; then the frame's index, and its kind as LateFrame has it. See NoneOpen.
    private long _open = NoneOpen;

    /// <summary>How many messages there are.</summary>
    public int Count => _count;

    /// <summary>How many bytes of payload the messages have.</summary>
    public long Bytes => _bytes;

    /// <summary>True when there is neither a message nor a control frame.</summary>
    public bool IsEmpty => _count == 0 && _controlCount == 0;

    /// <summary>The control frames in the order in which they came. A Close frame is the last of everything.</summary>
    public ReadOnlySpan<ControlFrame> Controls => _controls.AsSpan(0, _controlCount);

    /// <summary>Hands a message out. It can be read until the next one is handed out, <see cref="Close"/> or <see cref="Release"/>.</summary>
    public LateFrame Open(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        _open = (_open & ~NoneOpen) | ((long)index << 2) | LateFrame.CodeOf(_frames[index].Kind);
        return new LateFrame(this, _open);
    }

    /// <summary>The message that was handed out last can be read no more.</summary>
    public void Close() => _open |= NoneOpen;

    /// <summary>True while the message with this stamp can be read.</summary>
    public bool IsOpen(long stamp) => _open == stamp;

    /// <summary>Where the message with this stamp lies.</summary>
    /// <exception cref="MisuseException">It can be read no more.</exception>
    public ReadOnlyMemory<byte> GetPayload(long stamp)
    {
        if (stamp != _open)
        {
            throw LateFrame.Expired();
        }

        try
        {
            ref readonly var frame = ref _frames[(uint)stamp >> 2];
            return new ReadOnlyMemory<byte>(_sources[frame.Source]!.Array, frame.Offset, frame.Length);
        }
        catch (Exception) when (stamp != _open)
        {
            // Its callback completed on another thread meanwhile.
            throw LateFrame.Expired();
        }
    }

    public static FrameBatch Rent()
    {
        var batch = s_pool.Rent();
        batch._rented = true;
        return batch;
    }

    /// <summary>Gives the memory of all frames back, and the batch itself.</summary>
    public void Release()
    {
        if (!_rented)
        {
            throw new InvalidOperationException("The batch has been released already.");
        }

        _open = unchecked((_open & ~NoneOpen) + NoneOpen + 1) | NoneOpen;
        for (int i = 0; i < _sourceCount; i++)
        {
            _sources[i]!.Release();
            _sources[i] = null;
        }

        _controls.AsSpan(0, _controlCount).Clear();
        (_count, _sourceCount, _controlCount, _bytes, _rented) = (0, 0, 0, 0, false);
        if (_frames.Length > FramesKept)
        {
            _frames = new FrameDescriptor[16];
        }

        if (_sources.Length > SourcesKept)
        {
            _sources = new Segment?[2];
        }

        if (_controls.Length > SourcesKept)
        {
            _controls = [];
        }

        s_pool.Return(this);
    }

    /// <summary>Holds a segment, once; the answer is the index for <see cref="Add"/>.</summary>
    internal int Share(Segment segment)
    {
        for (int i = _sourceCount - 1; i >= 0; i--)
        {
            if (_sources[i] == segment)
            {
                return i;
            }
        }

        if (_sourceCount == _sources.Length)
        {
            Array.Resize(ref _sources, _sources.Length * 2);
        }

        segment.AddReference();
        _sources[_sourceCount] = segment;
        return _sourceCount++;
    }

    internal void Add(LateFrameKind kind, int source, int offset, int length)
    {
        var frames = _frames;
        int count = _count;
        if ((uint)count >= (uint)frames.Length)
        {
            Array.Resize(ref _frames, frames.Length * 2);
            frames = _frames;
        }

        frames[count] = new FrameDescriptor(kind, source, offset, length);
        _count = count + 1;
        _bytes += length;
    }

    internal void AddControl(Opcode opcode, int source, int offset, int length)
    {
        if (_controlCount == _controls.Length)
        {
            Array.Resize(ref _controls, Math.Max(2, _controls.Length * 2));
        }

        _controls[_controlCount++] = new ControlFrame(opcode, _sources[source]!.Array.AsMemory(offset, length), _count);
    }
}
