namespace Late.Hosting.WebSockets;

/// <summary>
/// The reading half of a client (RFC 6455 §6.2): bytes in, whole messages and control frames out, or a protocol error.
/// </summary>
/// <remarks>
/// <para>The caller reads from its stream into <see cref="GetBuffer"/>, and reports with <see cref="Advance"/> how much was read.</para>
/// <para>A message in one uncompressed frame that lies wholly in the buffer is handed out where it lies. All others are
/// assembled in memory of their own, and the rest of a large one is read straight to its place.</para>
/// <para>One thread at a time. Batches may be released on any thread, at any time.</para>
/// </remarks>
internal sealed class FrameReader : IDisposable
{
    public const int DefaultSegmentBytes = 64 * 1024;

    private readonly int _maxMessageBytes;
    private readonly int _readToPlaceBytes;
    private readonly Inflater? _inflater;
    private readonly ReceiveBuffer _buffer;
    private readonly MessageAssembly _message;

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
        _maxMessageBytes = Math.Min(maxMessageBytes, Array.MaxLength);
        _readToPlaceBytes = segmentBytes / 4;
        _inflater = inflater;
        _buffer = new ReceiveBuffer(segmentBytes);
        _message = new MessageAssembly(_maxMessageBytes);
    }

    /// <summary>The content of the server's Close frame; null until it was received.</summary>
    public ClosePayload? Close { get; private set; }

    /// <summary>True between messages: nothing partial is kept, and <see cref="ReleaseBuffer"/> gives the memory back.</summary>
    public bool IsIdle => _buffer.Length == 0 && !_message.IsActive;

    // The rest of a large frame goes straight to its message. For a small rest that would cost a read of its own.
    private bool ReadsToPlaceNext => _remaining >= _readToPlaceBytes && !_isCompressed && !_hasEnded;

    /// <summary>
    /// True where the batch was full before all was parsed. <see cref="Advance"/> continues with an empty one and a count of 0,
    /// before more is read.
    /// </summary>
    public bool HasMore { get; private set; }

    /// <summary>Where the next bytes from the stream go; never empty, unless <see cref="HasMore"/>.</summary>
    public Memory<byte> GetBuffer()
    {
        _readsToPlace = ReadsToPlaceNext;
        return _readsToPlace ? _message.GetRoom(_remaining) : _buffer.GetRoom();
    }

    /// <summary>Gives the buffer back, so that a quiet connection holds none. Does nothing unless <see cref="IsIdle"/>.</summary>
    public void ReleaseBuffer()
    {
        if (IsIdle)
        {
            _buffer.Release();
            _message.ReleaseSegment();
        }
    }

    /// <summary>Parses what is whole. After a Close frame everything that comes is ignored (§1.4, §5.5.1).</summary>
    /// <param name="count">How many bytes were put into the buffer.</param>
    /// <param name="batch">Gets the messages and control frames, also those before an error.</param>
    /// <exception cref="WebSocketProtocolException">The bytes break a rule. Nothing is parsed after that.</exception>
    public void Advance(int count, FrameBatch batch)
    {
        HasMore = false;
        try
        {
            if (_readsToPlace)
            {
                _readsToPlace = false;
                _message.Commit(count);
                FinishPart(count, batch);
                return;
            }

            _buffer.Commit(count);
            if (!_hasEnded)
            {
                Parse(batch);
            }

            if (!ReadsToPlaceNext)
            {
                _buffer.GrowIfFull();
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
                _buffer.Discard();
                _message.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _hasEnded = true;
        _buffer.Discard();
        _message.Dispose();
        ReleaseBuffer();
        _inflater?.Dispose();
    }

    private void Parse(FrameBatch batch)
    {
        while (!_hasEnded)
        {
            if (batch.IsFull && _buffer.Length > 0)
            {
                HasMore = true;
                return;
            }

            if (_remaining > 0)
            {
                if (_buffer.Length == 0)
                {
                    return;
                }

                TakePayload(batch);
                continue;
            }

            if (!_message.IsActive)
            {
                WholeMessages.Take(_buffer, batch, _maxMessageBytes);
            }

            var unparsed = _buffer.Unparsed;
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

    private void TakeControl(FrameHeader header, FrameBatch batch)
    {
        // §5.4: control frames may stand between the fragments of a message.
        int length = (int)header.PayloadLength;
        if (header.Opcode == Opcode.Close)
        {
            Close = ClosePayload.Parse(_buffer.Unparsed.Slice(header.Size, length));
            _hasEnded = true;
        }

        batch.AddControl(header.Opcode, batch.Share(_buffer.Segment), _buffer.Start + header.Size, length);
        _buffer.Consume(header.Size + length);
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

        _buffer.Consume(header.Size);
        _remaining = header.PayloadLength;
        _isFinalFrame = header.Final;
        if (_remaining == 0)
        {
            TakePayload(batch);
        }
    }

    private void TakePayload(FrameBatch batch)
    {
        int count = (int)Math.Min(_remaining, _buffer.Length);
        if (_isCompressed)
        {
            var part = _buffer.Segment.Array.AsMemory(_buffer.Start, count);
            _inflater!.Inflate(part, isLast: _isFinalFrame && count == _remaining, _message);
        }
        else
        {
            _message.Append(_buffer.Unparsed[..count]);
        }

        _buffer.Consume(count);
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
