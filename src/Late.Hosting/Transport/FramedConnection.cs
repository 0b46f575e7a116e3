using System.Runtime.CompilerServices;
using Late.Hosting.Connection;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// A WebSocket on a duplex stream: reads into the frame reader, answers pings as they come, and writes in one flush what
/// was appended since the last.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="early">What came with the server's answer to the upgrade.</param>
/// <param name="handshake">That answer.</param>
/// <param name="reader">Reads frames.</param>
/// <param name="writer">Writes frames.</param>
/// <param name="time">The connection's clock.</param>
internal sealed class FramedConnection(
    Stream stream, ReadOnlyMemory<byte> early, LateHandshake handshake, FrameReader reader, FrameWriter writer, TimeProvider time) : WebSocketConnection
{
    // After so many reads in a row that complete synchronously the thread is left to others: a server that sends without end
    // delays neither callbacks nor timers nor a stop (promise P16).
    private const int MostReadsInRow = 16;

    // After so long a silence the next read waits without a buffer.
    private static readonly TimeSpan s_quietAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte> _early = early;
    private WebSocketProtocolException? _violation;
    private TaskCompletionSource? _written;
    private Exception? _writeFailure;
    private long _writtenBytes;
    private long _begunBytes;
    private long _lastReadAt = time.GetTimestamp();
    private bool _isQuiet = true;
    private bool _isWriting;
    private int _readsInRow;
    private int _expectedMessages;
    private byte[]? _ping;
    private int _pingLength = -1;
    private byte[]? _pong;
    private int _pongLength = -1;
    private bool _isAborted;

    public override LateHandshake Handshake => handshake;

    public override int UnflushedBytes => writer.BufferedBytes;

    public override long WrittenBytes => Volatile.Read(ref _writtenBytes);

    public override long BegunBytes => Volatile.Read(ref _begunBytes);

    public override long LastReadAt => Volatile.Read(ref _lastReadAt);

    public override (int? Code, string Reason) PeerClose =>
        reader.Close is { } close && close.Code != CloseCodes.NoStatus ? (close.Code, close.Reason) : (null, "");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReceivedFrames?> ReceiveAsync()
    {
        while (true)
        {
            var count = 0;
            if (!reader.HasMore)
            {
                if (_violation is { } violation)
                {
                    throw new WebSocketReadException(violation.CloseCode, violation.Message, violation);
                }

                if (reader.Close is not null)
                {
                    return null;
                }

                count = await ReadAsync().ConfigureAwait(false);
            }

            // What came before a violation or a close frame is handed over first.
            var batch = Parse(count);
            if (!reader.HasMore)
            {
                AnswerPing();
            }

            if (++_readsInRow >= MostReadsInRow)
            {
                _readsInRow = 0;
                await Task.Yield();
            }

            if (batch.Count > 0)
            {
                return ReceivedFrames.Rent(batch);
            }

            batch.Release();
        }
    }

    public override void AnswerPing()
    {
        if (_pingLength < 0)
        {
            return;
        }

        lock (_gate)
        {
            _ping.AsSpan(0, _pingLength).CopyTo(_pong ??= new byte[FrameWriter.MaxControlPayload]);
            _pongLength = _pingLength;
        }

        // Where a write is in progress, with what follows it. A failed write shows again at the next flush, and at the read.
        _pingLength = -1;
        _ = FlushAsync().AsTask().Observed();
    }

    public override async Task DrainAsync()
    {
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) > 0)
        {
            if (++_readsInRow >= MostReadsInRow)
            {
                _readsInRow = 0;
                await Task.Yield();
            }
        }
    }

    public override long Append(ReadOnlySpan<LateFrame> frames)
    {
        lock (_gate)
        {
            foreach (ref readonly var frame in frames)
            {
                writer.Write(frame);
            }

            return _begunBytes + writer.BufferedBytes;
        }
    }

    public override long? AppendPing(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (writer.IsClosed)
            {
                return null;
            }

            writer.WriteControl(Opcode.Ping, payload);
            return _begunBytes + writer.BufferedBytes;
        }
    }

    public override ValueTask FlushAsync()
    {
        lock (_gate)
        {
            if (_writeFailure is { } failure)
            {
                return ValueTask.FromException(new IOException("An earlier write failed.", failure));
            }

            if (_isWriting)
            {
                // The write that is under way goes on with what was appended meanwhile.
                _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask(_written.Task);
            }

            WritePong();
            if (writer.BufferedBytes == 0)
            {
                return default;
            }

            _isWriting = true;
        }

        return WriteAsync(goesOn: false);
    }

    public override Task CloseOutputAsync(int? code, string reason)
    {
        lock (_gate)
        {
            if (!writer.IsClosed)
            {
                writer.WriteClose(new ClosePayload(code ?? CloseCodes.NoStatus, reason));
            }
        }

        // Who waits for it does so for a time: a write that fails after it is nobody's any more.
        return FlushAsync().AsTask().Observed();
    }

    public override void SetFailed() => (stream as Http2Stream)?.Retire();

    public override void Abort()
    {
        lock (_gate)
        {
            _isAborted = true;
        }

        stream.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        stream.Dispose();
        reader.Dispose();
        lock (_gate)
        {
            writer.Dispose();
        }

        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAsync()
    {
        int count;
        try
        {
            if (_isQuiet && reader.IsIdle && _early.IsEmpty)
            {
                reader.ReleaseBuffer();
                await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            }

            if (!_early.IsEmpty)
            {
                return TakeEarly(reader.GetBuffer());
            }

            var reading = stream.ReadAsync(reader.GetBuffer());
            if (!reading.IsCompleted)
            {
                _readsInRow = 0;
            }

            count = await reading.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw new WebSocketReadException(null, "The connection broke.", exception);
        }

        return count > 0 ? count : throw new WebSocketReadException(null, "The server ended the connection without a close frame.");
    }

    private int TakeEarly(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _early.Length);
        _early[..count].CopyTo(buffer);
        _early = _early[count..];
        return count;
    }

    private FrameBatch Parse(int count)
    {
        var now = time.GetTimestamp();
        _isQuiet = time.GetElapsedTime(_lastReadAt, now) > s_quietAfter;
        Volatile.Write(ref _lastReadAt, now);
        Statistics?.CountBytesReceived(count);
        var batch = FrameBatch.Rent(_expectedMessages);
        try
        {
            reader.Advance(count, batch);
        }
        catch (WebSocketProtocolException violation)
        {
            _violation = violation;
        }

        _expectedMessages = batch.Count;
        TakeControls(batch);
        return batch;
    }

    private void TakeControls(FrameBatch batch)
    {
        foreach (ref readonly var control in batch.Controls)
        {
            if (control.Opcode == Opcode.Ping)
            {
                // §5.5.3: of several pings the most recent one is answered.
                control.Payload.Span.CopyTo(_ping ??= new byte[FrameWriter.MaxControlPayload]);
                _pingLength = control.Payload.Length;
            }
            else if (control.Opcode == Opcode.Pong)
            {
                OnPong?.Invoke(control.Payload.Span);
            }
        }

        if (batch.Count > 0)
        {
            batch.ReleaseControls();
        }
    }

    /// <summary>Under the lock.</summary>
    private void WritePong()
    {
        if (_pongLength >= 0)
        {
            if (!writer.IsClosed)
            {
                writer.WriteControl(Opcode.Pong, _pong.AsSpan(0, _pongLength));
            }

            _pongLength = -1;
        }
    }

    /// <summary>
    /// Writes what is appended by now. What is appended meanwhile is written after it, and not waited for: a server may
    /// cause pongs without end.
    /// </summary>
    /// <param name="goesOn">Writes that too.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(bool goesOn)
    {
        TaskCompletionSource? waiters = null;
        try
        {
            while (TryTake(out var bytes, out waiters))
            {
                try
                {
                    await stream.WriteAsync(bytes.Memory).ConfigureAwait(false);

                    // A stream of HTTP/2 keeps what is written until it is told to send it.
                    await stream.FlushAsync().ConfigureAwait(false);
                    Volatile.Write(ref _writtenBytes, _writtenBytes + bytes.Memory.Length);
                }
                finally
                {
                    bytes.Return();
                }

                waiters?.TrySetResult();
                if (!goesOn && (writer.BufferedBytes > 0 || Volatile.Read(ref _pongLength) >= 0))
                {
                    _ = WriteAsync(goesOn: true).AsTask().Observed();
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            TaskCompletionSource? later;
            lock (_gate)
            {
                (later, _written) = (_written, null);
                (_isWriting, _writeFailure) = (false, exception);
            }

            waiters?.TrySetException(exception);
            later?.TrySetException(exception);
            throw;
        }

        waiters?.TrySetResult();
    }

    /// <summary>Takes what is to be written, and who waits for it; where there is nothing, writing ends.</summary>
    private bool TryTake(out WrittenBytes bytes, out TaskCompletionSource? waiters)
    {
        lock (_gate)
        {
            WritePong();
            (waiters, _written) = (_written, null);
            if (writer.BufferedBytes > 0)
            {
                if (_isAborted)
                {
                    throw new IOException("The connection was aborted.");
                }

                bytes = writer.Take();
                Volatile.Write(ref _begunBytes, _begunBytes + bytes.Memory.Length);
                Statistics?.CountBytesSent(bytes.Memory.Length);
                return true;
            }

            (bytes, _isWriting) = (default, false);
            return false;
        }
    }
}
