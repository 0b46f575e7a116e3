using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>Reads what the client sends, on a thread of its own, and answers what is to be answered.</summary>
internal sealed class ClientReader(Facts facts, SessionFacts session, Duplex duplex, FrameWrite write, AnswerWrite answer)
{
    private const int ReadBytes = 16 * 1024;

    private readonly byte[] _buffer = new byte[ReadBytes];
    private byte[]? _awaitedPong;
    private int _start;
    private int _end;
    private int _pings;

    /// <summary>Nothing is read.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Nothing is answered.</summary>
    public bool IsMute { get; set; }

    /// <summary>How the next message ends the session; null where it does not.</summary>
    public StepKind? EndsOnMessage { get; set; }

    public bool HasClose { get; private set; }

    public bool HasPong { get; private set; }

    public int Pongs { get; private set; }

    public void AwaitPong(byte[] payload) => (HasPong, _awaitedPong) = (false, payload);

    public void Run()
    {
        try
        {
            while (ReadFrame() is { } frame)
            {
                Handle(frame.Opcode, frame.IsCompressed ? Frames.Inflate(frame.Payload) : frame.Payload);
            }
        }
        finally
        {
            session.IsOver = true;
        }
    }

    private void Handle(int opcode, byte[] payload)
    {
        switch (opcode)
        {
            case Frames.Ping:
                _pings++;
                if (!IsMute && session.Plan.Pongs switch { PongKind.All => true, PongKind.EverySecond => _pings % 2 == 0, _ => false })
                {
                    answer(Frames.Make(Frames.Pong, payload), isMessage: false);
                }

                break;
            case Frames.Pong:
                Pongs++;
                HasPong |= _awaitedPong is { } awaited && payload.AsSpan().SequenceEqual(awaited);
                break;
            case Frames.Close:
                HasClose = true;
                if (!IsMute && !session.Plan.IgnoresClose && session.ClosedWith is null)
                {
                    write(Frames.Make(Frames.Close, payload.AsSpan(0, Math.Min(2, payload.Length))));
                    duplex.Fin();
                }

                break;
            default:
                HandleMessage(Encoding.UTF8.GetString(payload));
                break;
        }
    }

    private void HandleMessage(string text)
    {
        var parts = text.Split(' ');
        var number = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var sentIn = int.Parse(parts[2], CultureInfo.InvariantCulture);
        facts.Require(sentIn == 0 || sentIn == session.Number, "P4", $"a frame of session {sentIn} came in session {session.Number}");
        if (parts[0] == "s")
        {
            facts.Calls.Received[number] = true;
        }

        if (EndsOnMessage is { } ending)
        {
            EndsOnMessage = null;
            End(ending, parts[0] == "s" ? number : null);
        }
        else if (parts[0] == "ask" && !IsMute)
        {
            answer(Frames.MakeText(string.Create(CultureInfo.InvariantCulture, $"answer {number} {Secrets.Payload}")), isMessage: true);
        }
    }

    private void End(StepKind ending, int? number)
    {
        if (number is { } sent && !facts.Script.IsHttp2)
        {
            facts.Calls.EndedBy[sent] = true;
        }

        facts.Record($"peer: session {session.Number}: {ending} {number}");
        switch (ending)
        {
            case StepKind.FinOnMessage:
                duplex.Fin();
                break;
            case StepKind.ResetOnMessage:
                duplex.Reset();
                break;
            default:
                session.ClosedWith = session.Step!.Count;
                write(Frames.MakeClose(session.Step!.Count, "on a message"));
                duplex.Fin();
                break;
        }
    }

    private (int Opcode, bool IsCompressed, byte[] Payload)? ReadFrame()
    {
        var message = new MemoryStream();
        var (opcode, isCompressed) = (0, false);
        while (true)
        {
            if (!Need(2))
            {
                return null;
            }

            var (first, second) = (_buffer[_start], _buffer[_start + 1]);
            _start += 2;
            long length = second & 0x7F;
            var more = length switch { 126 => 2, 127 => 8, _ => 0 };
            if (!Need(more + 4))
            {
                return null;
            }

            length = more switch
            {
                2 => BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start)),
                8 => BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(_start)),
                _ => length,
            };
            _start += more;
            var mask = _buffer.AsSpan(_start, 4).ToArray();
            _start += 4;
            facts.Require((second & 0x80) != 0, "RFC 6455 §5.1", "a frame of the client's was not masked");
            (opcode, isCompressed) = (first & 0x0F) is 0 ? (opcode, isCompressed) : (first & 0x0F, (first & 0x40) != 0);
            for (var i = 0; i < length; i++)
            {
                if (!Need(1))
                {
                    return null;
                }

                message.WriteByte((byte)(_buffer[_start++] ^ mask[i & 3]));
            }

            if ((first & 0x80) != 0)
            {
                return (opcode, isCompressed, message.ToArray());
            }
        }
    }

    /// <summary>Makes sure that so many bytes are there; false at the end.</summary>
    private bool Need(int count)
    {
        while (_end - _start < count)
        {
            while (IsDeaf)
            {
                Control.Sleep();
                if (session.IsOver || facts.Over.IsCancellationRequested)
                {
                    return false;
                }
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = duplex.Read(_buffer.AsSpan(_end));
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}
