using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Testing.Wire;

/// <summary>What the client has written in one session, kept until the test asks for it.</summary>
internal sealed class Inbox(LateTestPeer peer)
{
    private readonly Lock _gate = new();
    private readonly ClientFrames _frames = new();
    private readonly List<LateFrame> _all = [];
    private readonly Queue<LateFrame> _messages = new();
    private readonly Queue<LateFrame> _pings = new();
    private readonly Queue<LateFrame> _pongs = new();
    private volatile LateTestClose? _close;
    private volatile bool _isGone;

    /// <summary>Every message, ping and pong.</summary>
    public IReadOnlyList<LateFrame> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>The client's close frame.</summary>
    public LateTestClose? Close => _close;

    /// <summary>True when the client has released the connection.</summary>
    public bool IsGone => _isGone;

    /// <summary>Takes what the client writes; each frame is reported when it is whole, a close frame as null.</summary>
    public void Write(ReadOnlySpan<byte> bytes, Action<LateFrame?> onFrame)
    {
        _frames.Add(bytes);
        while (_frames.TryNext(out var opcode, out var payload))
        {
            if (opcode == Opcode.Close)
            {
                _close = payload.Length == 0
                    ? new LateTestClose(null, "")
                    : new LateTestClose(BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(sizeof(ushort))));
                onFrame(null);
            }
            else
            {
                var frame = ToFrame(opcode, payload);
                if (!Mark.Is(frame))
                {
                    Keep(frame);
                    onFrame(frame);
                }
            }

            peer.Changes.Signal();
        }
    }

    public void Leave()
    {
        _isGone = true;
        peer.Changes.Signal();
    }

    /// <summary>The next message that was not taken; null where there is none.</summary>
    public LateFrame? TakeMessage() => Take(_messages);

    public Task<LateFrame> ReceiveAsync(string wanted) => ExpectAsync(TakeMessage, wanted);

    public Task<LateFrame> ExpectPingAsync() => ExpectAsync(() => Take(_pings), "a ping");

    public Task<LateFrame> ExpectPongAsync() => ExpectAsync(() => Take(_pongs), "a pong");

    public async Task<LateTestClose> ExpectCloseAsync()
    {
        await ExpectAsync(() => _close is not null, "a close frame").ConfigureAwait(false);
        return _close!;
    }

    /// <summary>What came so far, for the message of a failure.</summary>
    public string Describe()
    {
        const int Most = 10;
        var all = All;
        var came = all.Count == 0 ? "It has sent nothing." : $"It has sent {(all.Count > Most ? "…, " : "")}{string.Join(", ", all.TakeLast(Most).Select(Describe))}.";
        return Close is { } close ? $"{came} Then it closed with {Describe(close)}."
            : IsGone ? $"{came} Then it ended the session without a close frame."
            : came;
    }

    public static string Describe(LateTestClose close) =>
        string.Create(CultureInfo.InvariantCulture, $"{(close.Code is { } code ? code : "no code")} \"{close.Reason}\"");

    public static string Describe(LateFrame frame)
    {
        const int Longest = 200;
        if (frame.Kind != LateFrameKind.Text)
        {
            return $"{frame.Kind} [{Convert.ToHexString(frame.Payload.Span[..Math.Min(frame.Payload.Length, 32)])}]";
        }

        var text = frame.GetText();
        return text.Length > Longest ? $"\"{text[..Longest]}…\"" : $"\"{text}\"";
    }

    private async Task<LateFrame> ExpectAsync(Func<LateFrame?> take, string wanted)
    {
        LateFrame? taken = null;
        await ExpectAsync(() => (taken = take()) is not null, wanted).ConfigureAwait(false);
        return taken!.Value;
    }

    private Task ExpectAsync(Func<bool> hasCome, string wanted) => peer.UntilAsync(
        () =>
        {
            // Looked at first: what came before the end is not overlooked.
            var isOver = _isGone || _close is not null;
            return hasCome() || (isOver ? throw new LateTestException($"Expected {wanted}, and it cannot come any more. {Describe()}") : false);
        },
        () => $"Expected {wanted}. {Describe()}");

    private static LateFrame ToFrame(Opcode opcode, byte[] payload) => opcode switch
    {
        Opcode.Text => LateFrame.Text(payload),
        Opcode.Binary => LateFrame.Binary(payload),
        Opcode.Ping => LateFrame.Ping(payload),
        Opcode.Pong => LateFrame.Pong(payload),
        _ => throw new InvalidOperationException($"The client wrote a frame of the opcode {opcode}. This is a bug of Late.Hosting."),
    };

    private void Keep(LateFrame frame)
    {
        lock (_gate)
        {
            _all.Add(frame);
            (frame.Kind switch { LateFrameKind.Ping => _pings, LateFrameKind.Pong => _pongs, _ => _messages }).Enqueue(frame);
        }
    }

    private LateFrame? Take(Queue<LateFrame> queue)
    {
        lock (_gate)
        {
            return queue.TryDequeue(out var frame) ? frame : null;
        }
    }
}
