using System.Buffers;

namespace Late.Hosting.WebSockets;

/// <summary>
/// What one read brought: whole messages, parsed in place, and the control frames between them. It holds the memory
/// that they lie in until <see cref="Release"/>, and is itself reused: a released batch must not be used.
/// </summary>
/// <remarks>Filled by one thread, then handed over as a whole; not thread-safe.</remarks>
internal sealed class FrameBatch
{
    // A batch takes no more once it holds so much: one read may inflate to a thousand times its size.
    private const int MostHeldBytes = 256 * 1024;
    private const int MostControls = 64;

    // The batch and its small arrays.
    private const int ObjectBytes = 512;
    private const int DescriptorBytes = 12;
    private const int SourcesKept = 16;
    private const int ControlsKept = 4;

    // No frame has this index.
    private const long NoneOpen = uint.MaxValue;

    private static readonly Pool<FrameBatch> s_pool = new(capacity: 256);

    // For the few messages of most reads; more lie in a rented array.
    private readonly FrameDescriptor[] _few = new FrameDescriptor[16];
    private FrameDescriptor[] _frames;
    private Segment?[] _sources = new Segment?[2];
    private ControlFrame[] _controls = [];
    private int _count;
    private int _next;
    private int _sourceCount;
    private int _controlCount;
    private long _heldBytes;
    private bool _rented;

    // The stamp of the frame that is open: in its upper half how often the batch has been released, so that a frame that
    // was kept is known after any reuse; then the frame's index, and its kind as LateFrame has it. See NoneOpen.
    private long _open = NoneOpen;

    public FrameBatch() => _frames = _few;

    /// <summary>How many messages there are.</summary>
    public int Count => _count;

    /// <summary>How many of them <see cref="TryOpenNext"/> has not handed out.</summary>
    public int Remaining => _count - _next;

    /// <summary>
    /// How many bytes of memory it holds: whole segments, each counted by the first batch that looks at it, and what describes
    /// the messages.
    /// </summary>
    public long HeldBytes => ObjectBytes + _heldBytes + (_frames == _few ? 0 : _frames.Length * DescriptorBytes);

    /// <summary>True when it should take no more: the rest of the read goes to the next batch.</summary>
    public bool IsFull => _controlCount >= MostControls || HeldBytes >= MostHeldBytes;

    /// <summary>The number of the session that has received it; set before the first message is handed out.</summary>
    public long Session { get; set; }

    /// <summary>True when there is neither a message nor a control frame.</summary>
    public bool IsEmpty => _count == 0 && _controlCount == 0;

    /// <summary>The control frames in the order in which they came. A Close frame is the last of everything.</summary>
    public ReadOnlySpan<ControlFrame> Controls => _controls.AsSpan(0, _controlCount);

    /// <summary>True while there are messages that <see cref="TryOpenNext"/> has not handed out.</summary>
    public bool HasNext => _next < _count;

    /// <summary>Hands the messages out one by one; each can be read as <see cref="Open"/> describes.</summary>
    public bool TryOpenNext(out LateFrame frame)
    {
        if (_next < _count)
        {
            frame = Open(_next++);
            return true;
        }

        frame = default;
        return false;
    }

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
            throw Expired();
        }

        try
        {
            ref readonly var frame = ref _frames[(uint)stamp >> 2];
            return new ReadOnlyMemory<byte>(_sources[frame.Source]!.Array, frame.Offset, frame.Length);
        }
        catch (Exception) when (stamp != _open)
        {
            // Its callback completed on another thread meanwhile.
            throw Expired();
        }
    }

    /// <summary>The session of the message with this stamp.</summary>
    /// <exception cref="MisuseException">It can be read no more.</exception>
    public long GetSession(long stamp)
    {
        var session = Session;
        Volatile.ReadBarrier();
        return stamp == _open ? session : throw Expired();
    }

    /// <summary>The error of everything that is tried with an expired frame.</summary>
    public static Exception Expired() => new MisuseException(
        "This frame was received by a callback that has completed, and its memory has been reused. " +
        "Inside the callback, copy what you keep: LateFrame.ToArray, GetText or ReadJson.");

    /// <summary>Takes an empty batch.</summary>
    /// <param name="expected">How many messages it will have, as far as is known.</param>
    public static FrameBatch Rent(int expected = 0)
    {
        var batch = s_pool.Rent();
        batch._rented = true;
        if (expected > batch._few.Length)
        {
            batch._frames = ArrayPool<FrameDescriptor>.Shared.Rent(expected);
        }

        return batch;
    }

    /// <summary>Removes the control frames: they are answered as they come, and take no memory while the messages wait.</summary>
    public void ReleaseControls()
    {
        ClearControls();
        if (_controls.Length > ControlsKept)
        {
            _controls = [];
        }
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

        ClearControls();
        ReplaceFrames(_few);
        (_count, _next, _sourceCount, _heldBytes, _rented) = (0, 0, 0, 0, false);
        if (_sources.Length > SourcesKept)
        {
            _sources = new Segment?[2];
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

        if (!segment.IsShared)
        {
            _heldBytes += segment.Array.Length;
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
            frames = Grow();
        }

        frames[count] = new FrameDescriptor(kind, source, offset, length);
        _count = count + 1;
    }

    internal void AddControl(Opcode opcode, int source, int offset, int length)
    {
        if (_controlCount == _controls.Length)
        {
            Array.Resize(ref _controls, Math.Max(2, _controls.Length * 2));
        }

        _controls[_controlCount++] = new ControlFrame(opcode, _sources[source]!.Array.AsMemory(offset, length), _count);
    }

    private void ClearControls()
    {
        _controls.AsSpan(0, _controlCount).Clear();
        _controlCount = 0;
    }

    private FrameDescriptor[] Grow()
    {
        var larger = ArrayPool<FrameDescriptor>.Shared.Rent(_frames.Length * 2);
        _frames.AsSpan(0, _count).CopyTo(larger);
        ReplaceFrames(larger);
        return larger;
    }

    private void ReplaceFrames(FrameDescriptor[] next)
    {
        if (_frames != _few)
        {
            ArrayPool<FrameDescriptor>.Shared.Return(_frames);
        }

        _frames = next;
    }
}
