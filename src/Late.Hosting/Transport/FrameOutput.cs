using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;
using Late.Hosting.Ownership;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// The writing half of a WebSocket: writes in one flush what was appended since the last. Thread-safe; one
/// of them writes, and what the others append meanwhile with it.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="writer">Writes frames.</param>
internal sealed class FrameOutput(Stream stream, FrameWriter writer) : IDisposable
{
    // After so many writes in a row the thread is left to others: it may be the one that runs callbacks, or that reads, and
    // pings without end cause pongs without end (promise P16).
    private const int MostWritesInRow = 16;

    private readonly Gate _gate = new();
    private TaskCompletionSource? _written;
    private Exception? _writeFailure;
    private long _writtenBytes;
    private long _begunBytes;
    private long _pings;
    private bool _isWriting;
    private byte[]? _pong;
    private int _pongLength = -1;
    private bool _isAborted;

    /// <summary>Counts the bytes that are written.</summary>
    public ConnectionStatistics? Statistics { get; set; }

    /// <summary>Asked before each write; null where every write may begin.</summary>
    public IWriteGate? WriteGate { get; set; }

    public int UnflushedBytes => writer.BufferedBytes;

    public long Pings => Volatile.Read(ref _pings);

    public long WrittenBytes => Volatile.Read(ref _writtenBytes);

    public long BegunBytes => Volatile.Read(ref _begunBytes);

    public long Append(ReadOnlySpan<LateFrame> frames)
    {
        using (_gate.Enter())
        {
            if (writer.IsClosed)
            {
                // What a callback still wanted to send that the close did not wait for.
                return long.MaxValue;
            }

            foreach (ref readonly var frame in frames)
            {
                writer.Write(frame);
            }

            return _begunBytes + writer.BufferedBytes;
        }
    }

    public (long Number, long End)? AppendPing()
    {
        Span<byte> payload = stackalloc byte[sizeof(long)];
        using (_gate.Enter())
        {
            if (writer.IsClosed)
            {
                return null;
            }

            // Numbered in the order in which they are written, so that a pong answers the earlier ones too.
            Volatile.Write(ref _pings, _pings + 1);
            BinaryPrimitives.WriteInt64BigEndian(payload, _pings);
            writer.WriteControl(Opcode.Ping, payload);
            return (_pings, _begunBytes + writer.BufferedBytes);
        }
    }

    public ValueTask FlushAsync()
    {
        using (_gate.Enter())
        {
            if (_writeFailure is { } failure)
            {
                return ValueTask.FromException(new IOException("An earlier write failed.", failure));
            }

            if (_isWriting)
            {
                // The write in progress continues with what was appended meanwhile.
                _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask(_written.Task);
            }

            if (!TryBegin())
            {
                return default;
            }
        }

        return WriteAsync(writesAll: false);
    }

    public Task CloseAsync(int? code, string reason)
    {
        using (_gate.Enter())
        {
            if (!writer.IsClosed)
            {
                writer.WriteClose(new ClosePayload(code ?? CloseCodes.NoStatus, reason));
            }
        }

        // Its waiters have a timeout: the exception of a write that fails later is not observed.
        return FlushAsync().AsTask().Observed();
    }

    /// <summary>Sends a pong: where a write is in progress, with what follows it, and the newest one alone (RFC 6455 §5.5.3).</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        using (_gate.Enter())
        {
            payload.CopyTo(_pong ??= new byte[FrameWriter.MaxControlPayload]);
            _pongLength = payload.Length;
            if (_isWriting || !TryBegin())
            {
                // Nothing waits for it: where the write does not end, each ping would leave something behind (promise P17).
                return;
            }
        }

        // A failed write shows again at the next flush, and at the read.
        _ = WriteAsync(writesAll: false).AsTask().Observed();
    }

    /// <summary>Nothing is written from here on.</summary>
    public void Abort()
    {
        using (_gate.Enter())
        {
            _isAborted = true;
        }
    }

    public void Dispose()
    {
        using (_gate.Enter())
        {
            writer.Dispose();
        }
    }

    /// <summary>Under the lock, while no write is in progress: true where there is something to write, and the caller writes it.</summary>
    private bool TryBegin()
    {
        if (_writeFailure is null)
        {
            WritePong();
            _isWriting = writer.BufferedBytes > 0;
        }

        return _isWriting;
    }

    /// <summary>Under the lock.</summary>
    private void WritePong()
    {
        if (_pongLength >= 0)
        {
            // After an abort the buffer that it needs would not be returned to the pool.
            if (!writer.IsClosed && !_isAborted)
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
    /// <param name="writesAll">Writes that too.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(bool writesAll)
    {
        TaskCompletionSource? waiters = null;
        var writesInRow = 0;
        try
        {
            // The clocks are read outside the lock, and as late as possible: a pause between check and write is covered by the margin of the lease.
            while (TryTake(WriteGate is null || WriteGate.MayWrite, out var bytes, out waiters))
            {
                try
                {
                    await stream.WriteAsync(bytes.Memory).ConfigureAwait(false);

                    // A stream of HTTP/2 keeps what is written until it is flushed.
                    await stream.FlushAsync().ConfigureAwait(false);
                    Volatile.Write(ref _writtenBytes, _writtenBytes + bytes.Memory.Length);
                }
                finally
                {
                    bytes.Return();
                }

                waiters?.TrySetResult();
                if (!writesAll && (writer.BufferedBytes > 0 || Volatile.Read(ref _pongLength) >= 0))
                {
                    _ = WriteAsync(writesAll: true).AsTask().Observed();
                    return;
                }

                if (++writesInRow >= MostWritesInRow)
                {
                    writesInRow = 0;
                    await Task.Yield();
                }
            }
        }
        catch (Exception exception)
        {
            TaskCompletionSource? later;
            using (_gate.Enter())
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

    /// <summary>Takes what is to be written, and its waiters; where there is nothing, writing ends.</summary>
    private bool TryTake(bool mayWrite, out WrittenBytes bytes, out TaskCompletionSource? waiters)
    {
        using (_gate.Enter())
        {
            WritePong();
            (waiters, _written) = (_written, null);
            if (writer.BufferedBytes > 0)
            {
                if (_isAborted)
                {
                    throw new IOException("The connection was aborted.");
                }

                if (!mayWrite)
                {
                    throw new WriteRefusedException();
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
