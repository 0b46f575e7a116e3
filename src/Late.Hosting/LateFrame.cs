using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Late.Hosting.WebSockets;

namespace Late.Hosting;

/// <summary>
/// A whole text or binary message, received or to be sent (RFC 6455 §5.6).
/// </summary>
/// <remarks>
/// The memory of a received frame belongs to the connection and is valid until the callback that received the frame has
/// completed. After that, reading or sending the frame throws <see cref="InvalidOperationException"/>:
/// <see cref="ToArray"/>, <see cref="GetText"/> and <see cref="ReadJson{T}"/> copy what the application keeps. Memory taken
/// from <see cref="Payload"/> cannot be checked in this way; do not keep it. Frames made by the application do not expire.
/// The memory of a frame that is sent belongs to the caller, which leaves it unchanged until the frame is taken: until
/// <see cref="ILateCaller.SendAsync(LateFrame, LateCallOptions, CancellationToken)"/> is done, or, for a frame of a
/// result, until the next callback begins.
/// </remarks>
public readonly struct LateFrame
{
    // The batch of a received frame; else a string (text still to be encoded), a byte array or a MemoryManager<byte>; null
    // in default(LateFrame) alone.
    private readonly object? _source;

    // Offset, length and kind in one number, or the batch's stamp: a frame of two words travels in registers.
    private readonly long _shape;

    /// <summary>Makes a frame from its two words.</summary>
    internal LateFrame(object? source, long shape)
    {
        _source = source;
        _shape = shape;
    }

    private LateFrame(LateFrameKind kind, ReadOnlyMemory<byte> payload)
    {
        if (MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(payload, out var manager, out var offset, out var length))
        {
            (_source, _shape) = (manager, Shape(kind, offset, length));
        }
        else
        {
            MemoryMarshal.TryGetArray(payload, out var segment);
            (_source, _shape) = (segment.Array ?? [], Shape(kind, segment.Offset, segment.Count));
        }
    }

    private LateFrame(string text)
    {
        _source = text;
        _shape = Shape(LateFrameKind.Text, 0, 0);
    }

    /// <summary>What the frame carries.</summary>
    public LateFrameKind Kind => _source is null ? default : (LateFrameKind)((_shape & 3) < 2 ? (_shape & 3) + 1 : (_shape & 3) + 7);

    /// <summary>True for a text message.</summary>
    public bool IsText => Kind == LateFrameKind.Text;

    /// <summary>The payload in bytes; UTF-8 for text. For a received frame, valid until its callback has completed.</summary>
    /// <exception cref="InvalidOperationException">The frame was received by a callback that has completed.</exception>
    public ReadOnlyMemory<byte> Payload => _source is FrameBatch batch ? batch.GetPayload(_shape) : OwnPayload;

    /// <summary>
    /// The number of the session in which the frame was received, as <see cref="LateContext.Session"/> has it; null for a frame that the
    /// application has made.
    /// </summary>
    /// <exception cref="InvalidOperationException">The frame was received by a callback that has completed.</exception>
    public long? Session => _source is FrameBatch batch ? batch.GetSession(_shape) : null;

    /// <summary>A text message. It is encoded when it is written, without a copy in between.</summary>
    /// <param name="text">The text; a lone surrogate is sent as U+FFFD.</param>
    /// <returns>The frame.</returns>
    public static LateFrame Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new LateFrame(text);
    }

    /// <summary>A text message from UTF-8 that is ready made.</summary>
    /// <param name="utf8">The text as UTF-8. It stays the caller's: leave it unchanged until the frame is written.</param>
    /// <returns>The frame.</returns>
    /// <exception cref="ArgumentException"><paramref name="utf8"/> is not valid UTF-8 (RFC 6455 §8.1).</exception>
    public static LateFrame Text(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new ArgumentException("A text frame carries UTF-8, and these bytes are not. Send them as LateFrame.Binary.", nameof(utf8));
        }

        return new LateFrame(LateFrameKind.Text, utf8);
    }

    /// <summary>A binary message.</summary>
    /// <param name="payload">The bytes. They stay the caller's: leave them unchanged until the frame is written.</param>
    /// <returns>The frame.</returns>
    public static LateFrame Binary(ReadOnlyMemory<byte> payload) => new(LateFrameKind.Binary, payload);

    /// <summary>A ping (Late's <c>{:ping, data}</c>). To measure the round trip, use <see cref="ILateClient.PingAsync"/>.</summary>
    /// <param name="payload">At most 125 bytes (RFC 6455 §5.5); they stay the caller's.</param>
    /// <returns>The frame.</returns>
    public static LateFrame Ping(ReadOnlyMemory<byte> payload = default) => Control(LateFrameKind.Ping, payload);

    /// <summary>A pong that answers no ping (Late's <c>{:pong, data}</c>); pings are answered by the connection.</summary>
    /// <param name="payload">At most 125 bytes (RFC 6455 §5.5); they stay the caller's.</param>
    /// <returns>The frame.</returns>
    public static LateFrame Pong(ReadOnlyMemory<byte> payload = default) => Control(LateFrameKind.Pong, payload);

    /// <summary>A text message of JSON, serialized now.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">How to serialize it, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <returns>The frame.</returns>
    public static LateFrame Json<T>(T value, JsonTypeInfo<T> typeInfo) =>
        new(LateFrameKind.Text, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));

    /// <summary>The payload as a string: a copy that may be kept.</summary>
    /// <returns>The text, or for a binary message its bytes read as UTF-8.</returns>
    /// <exception cref="InvalidOperationException">The frame was received by a callback that has completed.</exception>
    public string GetText()
    {
        if (_source is string text)
        {
            return text;
        }

        text = Encoding.UTF8.GetString(Payload.Span);
        ThrowIfExpired();
        return text;
    }

    /// <summary>Reads the payload as JSON: a value that may be kept.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="typeInfo">How to read it, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <returns>The value; null where the JSON is <c>null</c>.</returns>
    /// <exception cref="JsonException">The payload is not JSON of that type.</exception>
    /// <exception cref="InvalidOperationException">The frame was received by a callback that has completed.</exception>
    public T? ReadJson<T>(JsonTypeInfo<T> typeInfo)
    {
        try
        {
            return JsonSerializer.Deserialize(Payload.Span, typeInfo);
        }
        finally
        {
            // Also where it was no JSON: the bytes may have been another message's by then.
            ThrowIfExpired();
        }
    }

    /// <summary>The payload's bytes: a copy that may be kept.</summary>
    /// <returns>A new array.</returns>
    /// <exception cref="InvalidOperationException">The frame was received by a callback that has completed.</exception>
    public byte[] ToArray()
    {
        var bytes = Payload.ToArray();
        ThrowIfExpired();
        return bytes;
    }

    /// <summary>The kind and the size, never the payload.</summary>
    /// <returns>For example <c>Text frame</c>.</returns>
    public override string ToString() => $"{Kind} frame";

    /// <summary>The same frame in memory of its own.</summary>
    internal LateFrame Copy() => _source is null or string ? this : new LateFrame(Kind, ToArray());

    /// <summary>The frame for a sender that is not waited for: one that was received gets memory of its own, for it ends with its callback.</summary>
    internal LateFrame ToSend() => _source is FrameBatch ? Copy() : this;

    /// <summary>How many bytes the payload has, or will have.</summary>
    internal int CountBytes() => _source switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        FrameBatch => Payload.Length,
        _ => Length,
    };

    /// <summary>True for a received frame whose callback has completed.</summary>
    internal bool IsExpired => _source is FrameBatch batch && !batch.IsOpen(_shape);

    /// <summary>The frame's two words.</summary>
    internal (object? Source, long Shape) Words => (_source, _shape);

    private ReadOnlyMemory<byte> OwnPayload => _source switch
    {
        byte[] array => new ReadOnlyMemory<byte>(array, Offset, Length),
        MemoryManager<byte> manager => manager.Memory.Slice(Offset, Length),
        string text => Encoding.UTF8.GetBytes(text),
        _ => default,
    };

    private int Offset => (int)(_shape >>> 33);

    private int Length => (int)(_shape >>> 2) & int.MaxValue;

    // 31 bits of offset, 31 of length, and 2 for the four kinds: 1 and 2, 9 and 10.
    private static long Shape(LateFrameKind kind, int offset, int length) =>
        ((long)offset << 33) | ((long)length << 2) | CodeOf(kind);

    /// <summary>The kind as the lowest two bits of the second word have it.</summary>
    internal static uint CodeOf(LateFrameKind kind) => (uint)(kind <= LateFrameKind.Binary ? (int)kind - 1 : (int)kind - 7);

    /// <summary>What was copied is the frame's only if its callback had not completed until then.</summary>
    private void ThrowIfExpired()
    {
        Volatile.ReadBarrier();
        if (IsExpired)
        {
            throw FrameBatch.Expired();
        }
    }

    private static LateFrame Control(LateFrameKind kind, ReadOnlyMemory<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, 125, nameof(payload));
        return new(kind, payload);
    }

    /// <summary>The text where it still has to be encoded; else null, and <see cref="Payload"/> costs nothing.</summary>
    internal string? Unencoded => _source as string;
}
