using System.Runtime.CompilerServices;
using Late.Hosting.Diagnostics;
using Late.Hosting.Ownership;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// A WebSocket on a duplex stream: reads into the frame reader, and answers pings as they come. <see cref="FrameOutput"/> is
/// its writing half.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="handshake">The server's answer to the upgrade.</param>
/// <param name="reader">Reads frames.</param>
/// <param name="writer">Writes frames.</param>
/// <param name="time">The connection's clock.</param>
internal sealed class FramedConnection(
    Stream stream, LateHandshake handshake, FrameReader reader, FrameWriter writer, TimeProvider time) : WebSocketConnection
{
    // After so many reads in a row that complete synchronously the thread is left to others: a server that sends without end
    // delays neither callbacks nor timers nor a stop (promise P16).
    private const int MostReadsInRow = 16;

    // After so long a silence the next read waits without a buffer.
    private static readonly TimeSpan s_quietAfter = TimeSpan.FromSeconds(1);

    private readonly FrameOutput _output = new(stream, writer);
    private ReadOnlyMemory<byte> _early;
    private WebSocketProtocolException? _violation;
    private long _lastReadAt = time.GetTimestamp();
    private bool _isQuiet = true;
    private int _readsInRow;
    private int _expectedMessages;
    private byte[]? _ping;
    private int _pingLength = -1;

    /// <summary>What came with the server's answer to the upgrade.</summary>
    public ReadOnlyMemory<byte> Early { init => _early = value; }

    public override LateHandshake Handshake => handshake;

    public override ConnectionStatistics? Statistics
    {
        get => _output.Statistics;
        set => _output.Statistics = value;
    }

    public override IWriteGate? WriteGate
    {
        get => _output.WriteGate;
        set => _output.WriteGate = value;
    }

    public override int UnflushedBytes => _output.UnflushedBytes;

    public override long WrittenBytes => _output.WrittenBytes;

    public override long BegunBytes => _output.BegunBytes;

    public override long LastReadAt => Volatile.Read(ref _lastReadAt);

    public override (int? Code, string Reason) PeerClose =>
        reader.Close is { } close && close.Code != CloseCodes.NoStatus ? (close.Code, close.Reason) : (null, "");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected internal override async ValueTask<FrameBatch?> ReceiveNextAsync()
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
                return batch;
            }

            batch.Release();
        }
    }

    public override long Pings => _output.Pings;

    public override void AnswerPing()
    {
        if (_pingLength < 0)
        {
            return;
        }

        _output.Pong(_ping.AsSpan(0, _pingLength));
        _pingLength = -1;
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

    public override long Append(ReadOnlySpan<LateFrame> frames) => _output.Append(frames);

    public override (long Number, long End)? AppendPing() => _output.AppendPing();

    public override ValueTask FlushAsync() => _output.FlushAsync();

    public override Task CloseOutputAsync(int? code, string reason) => _output.CloseAsync(code, reason);

    public override void SetFailed() => (stream as Http2Stream)?.Retire();

    public override void Abort()
    {
        _output.Abort();
        DisposeStream();
    }

    public override ValueTask DisposeAsync()
    {
        DisposeStream();
        reader.Dispose();
        _output.Dispose();
        return default;
    }

    private void DisposeStream()
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception)
        {
            // A stream of the user's own: the connection is over either way, and what follows its end is not held up.
        }
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
}
