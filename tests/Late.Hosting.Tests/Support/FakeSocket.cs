using System.Text;
using System.Threading.Channels;
using Late.Hosting.Ownership;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Support;

/// <summary>A session's socket without a network: the test is the server.</summary>
internal sealed class FakeSocket : WebSocketConnection
{
    private readonly Channel<FrameBatch?> _incoming = Channel.CreateUnbounded<FrameBatch?>();
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly List<string> _unflushed = [];
    private readonly FrameReader _reader = new(1024);
    private readonly TaskCompletionSource<(int Code, string Reason)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int? Code, string Reason) _peerClose;
    private TaskCompletionSource? _blockedWrites;
    private long _appended;
    private long _begun;
    private long _written;
    private long _pings;

    public override LateHandshake Handshake { get; } =
        new(System.Net.HttpStatusCode.SwitchingProtocols, new Dictionary<string, StringValues>(), null);

    public override int UnflushedBytes => _unflushed.Count;

    public override (int? Code, string Reason) PeerClose => _peerClose;

    public override long LastReadAt => 0;

    public override long WrittenBytes => Volatile.Read(ref _written);

    public override long BegunBytes => Volatile.Read(ref _begun);

    /// <summary>Runs when frames are written, before the flush completes.</summary>
    public Func<Task>? AfterWrite { get; set; }

    /// <summary>The close frame that the client sends.</summary>
    public Task<(int Code, string Reason)> Closed => _closed.Task;

    /// <summary>How many frames were written before the close frame.</summary>
    public long WrittenAtClose { get; private set; }

    /// <summary>The client has read the server's close frame.</summary>
    public Task ClosedByServer => _drained.Task;

    public Task Aborted => _aborted.Task;

    /// <summary>Completes when the client reads.</summary>
    public Task Reading => _reading.Task;

    public bool IsDisposed { get; private set; }

    /// <summary>False for a server that does not answer a close frame.</summary>
    public bool AnswersClose { get; set; } = true;

    /// <summary>True where another write, like that of a pong, takes every frame along before it is flushed.</summary>
    public bool TakesAllFrames { get; set; }

    /// <summary>Runs at the beginning of each read: what the last one brought is in the mailbox.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>Runs at the beginning of each write that has something to write.</summary>
    public Action? Writing { get; set; }

    /// <summary>How many flushes there were.</summary>
    public int Flushes { get; private set; }

    /// <summary>The next frame that the client has written.</summary>
    public async Task<string> SentAsync() => await _sent.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool TrySent(out string? text) => _sent.Reader.TryRead(out text);

    /// <summary>The server sends; several messages come in one read.</summary>
    public void Send(params string[] texts)
    {
        byte[] frame = [.. texts.SelectMany(Frame)];
        lock (_reader)
        {
            var batch = FrameBatch.Rent();
            frame.CopyTo(_reader.GetBuffer());
            _reader.Advance(frame.Length, batch);
            _incoming.Writer.TryWrite(batch);
        }
    }

    private static byte[] Frame(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        return payload.Length <= 125
            ? [0x81, (byte)payload.Length, .. payload]
            : throw new ArgumentException("The fake speaks in short frames.", nameof(text));
    }

    /// <summary>The server closes.</summary>
    public void Close(int code, string reason)
    {
        _peerClose = (code, reason);
        _incoming.Writer.TryWrite(null);
    }

    /// <summary>The connection breaks.</summary>
    public void Drop() => _incoming.Writer.TryComplete(new WebSocketReadException(null, "The connection broke."));

    /// <summary>The server breaks the protocol.</summary>
    public void Violate(int code) => _incoming.Writer.TryComplete(new WebSocketReadException(code, "The server broke the protocol."));

    /// <summary>Writes wait until the socket is aborted.</summary>
    public void BlockWrites() => _blockedWrites = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the writes pass that wait, and those that follow.</summary>
    public void UnblockWrites()
    {
        var blocked = _blockedWrites;
        _blockedWrites = null;
        blocked?.TrySetResult();
    }

    protected internal override async ValueTask<FrameBatch?> ReceiveNextAsync()
    {
        BeforeRead?.Invoke();
        _reading.TrySetResult();
        if (!await _incoming.Reader.WaitToReadAsync() || !_incoming.Reader.TryRead(out var frames))
        {
            throw new WebSocketReadException(null, "The connection is over.");
        }

        if (frames is null)
        {
            _incoming.Writer.TryComplete();
        }

        return frames;
    }

    // Its positions count frames.
    public override long Append(ReadOnlySpan<LateFrame> frames)
    {
        _appended += frames.Length;
        foreach (var frame in frames)
        {
            if (TakesAllFrames)
            {
                _sent.Writer.TryWrite(frame.GetText());
                _written = _begun = _appended;
            }
            else
            {
                _unflushed.Add(frame.GetText());
            }
        }

        return _appended;
    }

    public override async ValueTask FlushAsync()
    {
        if (WriteGate is { MayWrite: false })
        {
            throw new WriteRefusedException();
        }

        _begun = _appended;
        if (_blockedWrites is { } blocked)
        {
            await blocked.Task;
        }

        if (_unflushed.Count > 0)
        {
            Writing?.Invoke();
        }

        Flushes++;
        foreach (var frame in _unflushed)
        {
            _sent.Writer.TryWrite(frame);
        }

        _unflushed.Clear();
        Volatile.Write(ref _written, _begun);
        if (AfterWrite is { } after)
        {
            await after();
        }
    }

    public override Task DrainAsync()
    {
        _drained.TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>How many pings were sent.</summary>
    public override long Pings => _pings;

    public override (long Number, long End)? AppendPing() => (++_pings, _appended);

    public override Task CloseOutputAsync(int? code, string reason)
    {
        WrittenAtClose = WrittenBytes;
        _closed.TrySetResult((code ?? 1005, reason));
        if (AnswersClose)
        {
            Close(code ?? 1005, "");
        }

        return Task.CompletedTask;
    }

    public override void Abort()
    {
        _aborted.TrySetResult();
        _blockedWrites?.TrySetException(new IOException("aborted"));
        _incoming.Writer.TryComplete(new WebSocketReadException(null, "The connection was aborted."));
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }
}
