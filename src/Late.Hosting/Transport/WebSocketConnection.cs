using System.Diagnostics;
using Late.Hosting.Diagnostics;
using Late.Hosting.Ownership;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Transport;

/// <summary>
/// An open WebSocket: the seam between a session and what carries it. One reader and one writer at a time; pings are
/// answered by the reader; <see cref="Abort"/> from anywhere, and it releases both.
/// </summary>
internal abstract class WebSocketConnection : IAsyncDisposable
{
    private volatile ReadAhead? _ahead;

    /// <summary>What the server answered to the upgrade.</summary>
    public abstract LateHandshake Handshake { get; }

    /// <summary>The address of the options that it leads to; null where it leads to another one.</summary>
    public Uri? ConfiguredAddress { get; set; }

    /// <summary>The span of the attempt that has made it; empty where tracing is off.</summary>
    public ActivityContext AttemptContext { get; set; }

    /// <summary>How many bytes are appended and not written.</summary>
    public abstract int UnflushedBytes { get; }

    /// <summary>How many bytes of frames have been written; a frame is written when the position of <see cref="Append"/> is reached.</summary>
    public abstract long WrittenBytes { get; }

    /// <summary>The same, with those that are being written or could not be; final after <see cref="Abort"/>.</summary>
    public abstract long BegunBytes { get; }

    /// <summary>When bytes last came, as a timestamp of the connection's clock.</summary>
    public abstract long LastReadAt { get; }

    /// <summary>The close frame that the server sent; valid when <see cref="ReceiveAsync"/> has returned null.</summary>
    public abstract (int? Code, string Reason) PeerClose { get; }

    /// <summary>Called by the reader with the payload of every pong.</summary>
    public Action<ReadOnlySpan<byte>>? OnPong { get; set; }

    /// <summary>Counts the bytes that are read and written.</summary>
    public virtual ConnectionStatistics? Statistics { get; set; }

    /// <summary>Asked before each write; null where every write may begin. It is set before the first.</summary>
    public virtual IWriteGate? WriteGate { get; set; }

    /// <summary>Receives what comes next.</summary>
    /// <returns>Messages, or null when the server has sent its close frame.</returns>
    /// <exception cref="WebSocketReadException">The connection broke, or the server broke the protocol.</exception>
    public ValueTask<FrameBatch?> ReceiveAsync() => _ahead is { } ahead ? ReceiveFromAsync(ahead) : ReceiveNextAsync();

    /// <summary>True where nothing is left that was read before this was a session's.</summary>
    public bool HasNothingAhead => _ahead is null or { IsAwaited: true };

    /// <summary>Reads before anything is received, so that pings are answered and the first message is known.</summary>
    /// <param name="maxBytes">How much memory of ours may hold what is read.</param>
    /// <returns>True when there is a message; false where the connection has ended before.</returns>
    public Task<bool> ReadAhead(long maxBytes)
    {
        _ahead = new ReadAhead(this, maxBytes);
        return _ahead.HasMessage;
    }

    /// <summary>
    /// Answers the newest ping. The reader calls it before a pause; at the end of each read it is done
    /// anyway.
    /// </summary>
    public virtual void AnswerPing()
    {
    }

    /// <summary>Reads and discards until the server ends the connection (RFC 6455 §7.1.1).</summary>
    public abstract Task DrainAsync();

    /// <summary>Copies frames into the write buffer.</summary>
    /// <returns>Their end, as a position among all bytes of frames; one that is never reached where a close frame has been sent.</returns>
    public abstract long Append(ReadOnlySpan<LateFrame> frames);

    /// <summary>How many pings were put into the write buffer.</summary>
    public abstract long Pings { get; }

    /// <summary>Puts a ping into the write buffer, however much is in it. Its payload is its number in eight bytes: the first is 1.</summary>
    /// <returns>Its number and its end, as a position among all bytes of frames; null where a close frame has been sent.</returns>
    public abstract (long Number, long End)? AppendPing();

    /// <summary>Writes the buffer to the socket.</summary>
    public abstract ValueTask FlushAsync();

    /// <summary>Sends a close frame, once; nothing is sent after it. Without a code it has no payload.</summary>
    public abstract Task CloseOutputAsync(int? code, string reason);

    /// <summary>The attempt counts as failed, though it was upgraded: a TCP connection that others share takes no new stream (promise P10).</summary>
    public virtual void SetFailed()
    {
    }

    /// <summary>Ends the connection immediately.</summary>
    public abstract void Abort();

    /// <summary>Ends a connection that never became a session, and releases its resources.</summary>
    public async Task DiscardAsync()
    {
        Abort();
        if (_ahead is { } ahead)
        {
            await ahead.DiscardAsync().ConfigureAwait(false);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Releases all resources; when no read is in progress.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Receives what comes next from the socket.</summary>
    protected internal abstract ValueTask<FrameBatch?> ReceiveNextAsync();

    private async ValueTask<FrameBatch?> ReceiveFromAsync(ReadAhead ahead)
    {
        var (hasRead, frames) = await ahead.TakeAsync().ConfigureAwait(false);
        if (hasRead)
        {
            return frames;
        }

        _ahead = null;
        return await ReceiveNextAsync().ConfigureAwait(false);
    }
}
