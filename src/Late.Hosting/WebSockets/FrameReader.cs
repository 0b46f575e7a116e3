using System.Buffers.Binary;
using System.Text.Unicode;

namespace Late.Hosting.WebSockets;

/// <summary>
/// The reading half of a client (RFC 6455 §6.2): bytes in, whole messages and control frames out, or a protocol error.
/// </summary>
/// <remarks>
/// <para>The caller reads from its stream into <see cref="GetBuffer"/>, and says with <see cref="Advance"/> how much came.</para>
/// <para>A message in one uncompressed frame that lies wholly in the buffer is handed out where it lies. All others are
/// assembled in memory of their own, and the rest of a large one is read straight to its place.</para>
/// <para>One thread at a time. Batches may be released on any thread, at any time.</para>
/// </remarks>
internal sealed class FrameReader : IDisposable
{
    public const int DefaultSegmentBytes = 64 * 1024;

    // A quiet connection begins with little: what waits in a queue holds the whole segment that it was read into.
    private const int FirstSegmentBytes = 4 * 1024;

    private const byte WholeText = 0x80 | (byte)Opcode.Text;
    private const byte WholeBinary = 0x80 | (byte)Opcode.Binary;

    private readonly int _maxMessageBytes;
    private readonly int _segmentBytes;
    private readonly Inflater? _inflater;
    private readonly MessageAssembly _message;

    // What came and is not parsed yet lies in [_start, _end) of the segment.
    private Segment? _segment;
    private int _nextSegmentBytes;
    private int _start;
    private int _end;

    // The data frame of which the payload is still coming.
    private long _remaining;
    private bool _isFinalFrame;
    private bool _isCompressed;
    private bool _readsToPlace;
    private bool _hasEnded;

    /// <summary>Makes a reader.</summary>
    /// <param name="maxMessageBytes">The largest message, counted after decompression.</param>
    /// <param name="segmentBytes">How much one read may bring.</param>
    /// <param name="inflater">Decompresses, where permessage-deflate was negotiated. The reader disposes it.</param>
    public FrameReader(int maxMessageBytes, int segmentBytes = DefaultSegmentBytes, Inflater? inflater = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentBytes, 256);
        _maxMessageBytes = maxMessageBytes;
        _segmentBytes = segmentBytes;
        _nextSegmentBytes = Math.Min(FirstSegmentBytes, segmentBytes);
        _inflater = inflater;
        _message = new MessageAssembly(maxMessageBytes);
    }

    /// <summary>What the server's Close frame said; null until it came.</summary>
    public ClosePayload? Close { get; private set; }

    private bool ReadsToPlaceNext => _remaining >= _segmentBytes / 4 && !_isCompressed && !_hasEnded;

    /// <summary>True between messages: nothing partial is kept, and <see cref="ReleaseBuffer"/> gives the memory back.</summary>
    public bool IsIdle => _start == _end && !_message.IsActive;

    /// <summary>Where the next bytes from the stream go; never empty.</summary>
    public Memory<byte> GetBuffer()
    {
        // The rest of a large frame goes straight to its message. For a small rest that would cost a read of its own.
        _readsToPlace = ReadsToPlaceNext;
        if (_readsToPlace)
        {
            return _message.GetRoom(_remaining);
        }

        MakeRoom();
        return _segment!.Array.AsMemory(_end);
    }

    /// <summary>Gives the buffer back, so that a quiet connection holds none. Does nothing unless <see cref="IsIdle"/>.</summary>
    public void ReleaseBuffer()
    {
        if (IsIdle)
        {
            _segment?.Release();
            (_segment, _start, _end) = (null, 0, 0);
            _nextSegmentBytes = Math.Min(FirstSegmentBytes, _segmentBytes);
            _message.ReleaseSegment();
        }
    }

    /// <summary>Parses what is whole. After a Close frame everything that comes is ignored (§1.4, §5.5.1).</summary>
    /// <param name="count">How many bytes were put into the buffer.</param>
    /// <param name="batch">Gets the messages and control frames, also those before an error.</param>
    /// <exception cref="WebSocketProtocolException">The bytes break a rule. Nothing is parsed after that.</exception>
    public void Advance(int count, FrameBatch batch)
    {
        try
        {
            if (_readsToPlace)
            {
                _readsToPlace = false;
                _message.Commit(count);
                FinishPart(count, batch);
                return;
            }

            _end += count;
            if (!_hasEnded)
            {
                Parse(batch);
            }

            // A read that filled the buffer left more behind: the next one may bring more, unless it goes to its place.
            if (_end == _segment!.Array.Length && !ReadsToPlaceNext)
            {
                _nextSegmentBytes = Math.Min(_nextSegmentBytes * 4, _segmentBytes);
            }
        }
        catch (WebSocketProtocolException)
        {
            _hasEnded = true;
            throw;
        }
        finally
        {
            if (_hasEnded)
            {
                _start = _end;
                _message.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _hasEnded = true;
        _start = _end;
        _message.Dispose();
        ReleaseBuffer();
        _inflater?.Dispose();
    }

    private void MakeRoom()
    {
        bool isReusable = _segment is not null && _segment.Array.Length >= _nextSegmentBytes;
        if (isReusable && _start == _end && !_segment!.IsShared)
        {
            (_start, _end) = (0, 0);
        }

        if (isReusable && _segment!.Array.Length - _end >= _segment.Array.Length / 4)
        {
            return;
        }

        // Only the start of a frame moves: a header, or a control frame, which is used when it is whole.
        var next = !isReusable || _segment!.IsShared ? Segment.Rent(_nextSegmentBytes) : _segment;
        if (_segment is not null)
        {
            _segment.Array.AsSpan(_start.._end).CopyTo(next.Array);
            if (next != _segment)
            {
                _segment.Release();
            }
        }

        (_segment, _start, _end) = (next, 0, _end - _start);
    }

    private void Parse(FrameBatch batch)
    {
        while (!_hasEnded)
        {
            if (_remaining > 0)
            {
                if (_start == _end)
                {
                    return;
                }

                TakePayload(batch);
                continue;
            }

            if (!_message.IsActive)
            {
                TakeWholeMessages(batch);
            }

            var unparsed = _segment!.Array.AsSpan(_start.._end);
            if (!FrameHeader.TryRead(unparsed, _inflater is not null, out var header))
            {
                return;
            }

            if (!header.IsControl)
            {
                BeginFrame(header, batch);
            }
            else if (unparsed.Length >= header.Size + header.PayloadLength)
            {
                TakeControl(header, batch);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>The common case: messages in one uncompressed frame. What is anything else, or wrong, is left to the rules.</summary>
    private void TakeWholeMessages(FrameBatch batch)
    {
        var bytes = _segment!.Array.AsSpan(0, _end);
        int position = _start;
        int source = -1;
        while (bytes.Length - position >= 2)
        {
            byte first = bytes[position];
            int length = bytes[position + 1];
            int payload = position + 2;
            if (first is not (WholeText or WholeBinary))
            {
                break;
            }

            if (length > 125)
            {
                if (length != 126 || bytes.Length - position < 4)
                {
                    break;
                }

                length = BinaryPrimitives.ReadUInt16BigEndian(bytes[payload..]);
                payload += 2;
                if (length < 126)
                {
                    break;
                }
            }

            if (bytes.Length - payload < length || length > _maxMessageBytes)
            {
                break;
            }

            if (first == WholeText && !Utf8.IsValid(bytes.Slice(payload, length)))
            {
                break;
            }

            source = source < 0 ? batch.Share(_segment) : source;
            batch.Add((LateFrameKind)(first & 0x0F), source, payload, length);
            position = payload + length;
        }

        _start = position;
    }

    private void TakeControl(FrameHeader header, FrameBatch batch)
    {
        // §5.4: control frames may stand between the fragments of a message.
        int offset = _start + header.Size;
        int length = (int)header.PayloadLength;
        _start = offset + length;
        if (header.Opcode == Opcode.Close)
        {
            Close = ClosePayload.Parse(_segment!.Array.AsSpan(offset, length));
            _hasEnded = true;
        }

        batch.AddControl(header.Opcode, batch.Share(_segment!), offset, length);
    }

    private void BeginFrame(FrameHeader header, FrameBatch batch)
    {
        // §5.4: the fragments of a message follow each other, the first with an opcode, the others as continuations.
        if (header.Opcode == Opcode.Continuation)
        {
            if (!_message.IsActive)
            {
                throw WebSocketProtocolException.Violation("A continuation frame from the server continues no message (RFC 6455 §5.4).");
            }
        }
        else if (_message.IsActive)
        {
            throw WebSocketProtocolException.Violation("A new message from the server begins inside a fragmented one (RFC 6455 §5.4).");
        }
        else
        {
            _message.Begin(header.Opcode == Opcode.Text);
            _isCompressed = header.Compressed;
        }

        if (!_isCompressed)
        {
            _message.Expect(header.PayloadLength);
        }

        _start += header.Size;
        _remaining = header.PayloadLength;
        _isFinalFrame = header.Final;
        if (_remaining == 0)
        {
            TakePayload(batch);
        }
    }

    private void TakePayload(FrameBatch batch)
    {
        int count = (int)Math.Min(_remaining, _end - _start);
        if (_isCompressed)
        {
            _inflater!.Inflate(_segment!.Array.AsMemory(_start, count), _isFinalFrame && count == _remaining, _message);
        }
        else
        {
            _message.Append(_segment!.Array.AsSpan(_start, count));
        }

        _start += count;
        FinishPart(count, batch);
    }

    private void FinishPart(int count, FrameBatch batch)
    {
        _remaining -= count;
        bool isWhole = _remaining == 0 && _isFinalFrame;
        _message.CheckText(isWhole);
        if (isWhole)
        {
            _message.Complete(batch);
        }
    }
}
