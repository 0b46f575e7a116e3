namespace Late.Hosting.WebSockets;

/// <summary>What the decompressor reads: a part of a message, and what follows it that was not sent.</summary>
internal sealed class InflaterInput : Stream
{
    private ReadOnlyMemory<byte> _part;
    private ReadOnlyMemory<byte> _following;

    /// <summary>True when all was read and more was asked for.</summary>
    public bool WasExhausted { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Set(ReadOnlyMemory<byte> part, ReadOnlyMemory<byte> following) => (_part, _following, WasExhausted) = (part, following, false);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // Both in one go where they fit: one call of the decompressor for a small message.
        int fromPart = Math.Min(buffer.Length, _part.Length);
        _part.Span[..fromPart].CopyTo(buffer);
        _part = _part[fromPart..];

        int fromFollowing = Math.Min(buffer.Length - fromPart, _following.Length);
        _following.Span[..fromFollowing].CopyTo(buffer[fromPart..]);
        _following = _following[fromFollowing..];
        WasExhausted = fromPart + fromFollowing == 0;
        return fromPart + fromFollowing;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
