using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>One WebSocket from the peer's side: the steps of its plan, concurrently with a thread that reads what the client sends.</summary>
internal sealed class PeerSession
{
    private const int MostWaitTicks = 60;
    private const int ManyPings = 3000;

    private readonly PeerServer _server;
    private readonly Facts _facts;
    private readonly SessionFacts _session;
    private readonly Duplex _duplex;
    private readonly bool _isCompressed;
    private readonly Lock _writing = new();
    private readonly ConcurrentQueue<(byte[] Bytes, bool IsMessage)> _answers = new();
    private readonly SemaphoreSlim _hasAnswer = new(0);
    private readonly ClientReader _reader;
    private bool _isInsideMessage;

    public PeerSession(PeerServer server, Facts facts, SessionFacts session, Duplex duplex, bool isCompressed)
    {
        (_server, _facts, _session, _duplex, _isCompressed) = (server, facts, session, duplex, isCompressed);
        _reader = new ClientReader(facts, session, duplex, Write, Answer);
    }

    private bool IsOver => _session.IsOver || _facts.Over.IsCancellationRequested;

    /// <summary>Runs the steps; the head of the answer goes before them.</summary>
    public void Run(byte[] head)
    {
        try
        {
            var steps = new Queue<Step>(_session.Plan.Steps);
            var first = _session.Plan.WritesWithHead && steps.TryPeek(out var step) ? OpeningBytes(step) : [];
            _isInsideMessage = first.Length > 0 && steps.Peek().Flood is (FloodKind.EmptyFragments or FloodKind.FragmentsAndPings);
            _duplex.Write([.. head, .. first]);
            _session.UpgradedAt = Math.Max(1, Control.Now);
            _server.Start(_reader.Run);
            _server.Start(WriteAnswers);
            var isFirst = first.Length > 0;
            while (steps.TryDequeue(out var next) && !IsOver)
            {
                Begin(next);
                Run(next, isFirst);
                isFirst = false;
            }

            WaitForEnd();
        }
        finally
        {
            _session.IsOver = true;
            _facts.Progress();
        }
    }

    private void Begin(Step step)
    {
        (_session.CallsBefore, _session.BeatsBefore, _session.StepAt) = (_facts.Calls.Ended, _session.Beats, Control.Now);
        _session.Step = step;
        _facts.Progress();
        _facts.Record($"peer: session {_session.Number}: {step}");
    }

    /// <summary>What a first step writes together with the answer's head.</summary>
    private byte[] OpeningBytes(Step step) => step.Kind switch
    {
        StepKind.Flood => [.. FloodBytes.Before(step.Flood), .. FloodBytes.Chunk(step.Flood, step.Size, _isCompressed)],
        StepKind.Messages => Messages(step, isFragmented: false, isCompressed: false),
        _ => [],
    };

    private void Run(Step step, bool isBegun)
    {
        switch (step.Kind)
        {
            case StepKind.Flood:
                Flood(step, isBegun);
                break;
            case StepKind.Messages or StepKind.FragmentedMessages or StepKind.CompressedMessages:
                if (!isBegun)
                {
                    Write(Messages(step, step.Kind == StepKind.FragmentedMessages, step.Kind == StepKind.CompressedMessages), step.WriteSize);
                }

                _session.Sent += step.Count;
                break;
            case StepKind.FinalBlock:
                Write([.. Enumerable.Repeat(Frames.FinalBlockHello.ToArray(), step.Count).SelectMany(frame => frame)]);
                break;
            case StepKind.PingBurst:
                PingBurst(step);
                break;
            case StepKind.Deafen:
                _reader.IsDeaf = true;
                break;
            case StepKind.Undeafen:
                _reader.IsDeaf = false;
                break;
            case StepKind.AwaitReady:
                Await(() => _session.Beats > 0, Control.Slack);
                break;
            case StepKind.Pause:
                Await(() => false, step.Count);
                break;
            case StepKind.FinOnMessage or StepKind.ResetOnMessage or StepKind.CloseOnMessage:
                _reader.EndsOnMessage = step.Kind;
                EndAfter(MostWaitTicks);
                break;
            case StepKind.Hold when !_session.IsLast:
                EndAfter(MostWaitTicks);
                break;
            default:
                new SessionEnding(_facts, _session, _duplex, _reader, Write, Await).Run(step);
                break;
        }
    }

    private void Flood(Step step, bool isBegun)
    {
        lock (_writing)
        {
            _isInsideMessage = step.Flood is FloodKind.EmptyFragments or FloodKind.FragmentsAndPings;
            if (!isBegun)
            {
                Write(FloodBytes.Before(step.Flood));
            }
        }

        var chunk = FloodBytes.Chunk(step.Flood, step.Size, _isCompressed);
        var goal = new FloodGoal(_facts, _session);
        while (!IsOver && !goal.IsReached)
        {
            Write(chunk, step.WriteSize);
        }

        lock (_writing)
        {
            Write(FloodBytes.Behind(step.Flood));
            _isInsideMessage = false;
        }
    }

    private void PingBurst(Step step)
    {
        var last = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"last {_session.Number}"));
        var ping = Frames.Make(Frames.Ping, new byte[step.Size]);
        _reader.AwaitPong(last);
        Write([.. Enumerable.Repeat(ping, step.Count - 1).SelectMany(frame => frame), .. Frames.Make(Frames.Ping, last)]);
        if (!_reader.IsDeaf && !Await(() => _reader.HasPong, Control.Slack) && !IsOver && !_facts.IsEnding)
        {
            _facts.Break("P8", $"the last of {step.Count} pings was not answered (RFC 6455 §5.5.3)");
        }

        // They came in few reads, each of which is answered once.
        _facts.Require(step.Count < ManyPings || _reader.Pongs < step.Count / 2, "P8", $"{step.Count} pings that came together were answered one by one");
    }

    private byte[] Messages(Step step, bool isFragmented, bool isCompressed)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < step.Count; i++)
        {
            var payload = Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"m {_session.Number} {_session.Sent + i} {Secrets.Payload}{new string('.', step.Size)}"));
            if (isFragmented)
            {
                bytes.AddRange(Frames.Make(Frames.Text, [], isLast: false));
                bytes.AddRange(Frames.Make(Frames.Continuation, payload.AsSpan(0, 3), isLast: false));
                bytes.AddRange(Frames.Make(Frames.Ping, [1]));
                bytes.AddRange(Frames.Make(Frames.Continuation, payload.AsSpan(3)));
            }
            else
            {
                bytes.AddRange(isCompressed ? Frames.Make(Frames.Text, Frames.Compress(payload), isCompressed: true) : Frames.Make(Frames.Text, payload));
            }
        }

        return [.. bytes];
    }

    private void EndAfter(long ticks)
    {
        Await(() => false, ticks);
        if (!IsOver)
        {
            _duplex.Reset();
            _session.IsOver = true;
        }
    }

    private void WaitForEnd()
    {
        // A peer that does not read does not see that the client has left either.
        var isHeld = _session.Step is { ToTheEnd: true } or { Kind: StepKind.Hold };
        Await(() => false, isHeld ? long.MaxValue / 2 : MostWaitTicks);
        _reader.IsDeaf = false;
        Await(() => false, long.MaxValue / 2);
    }

    private bool Await(Func<bool> condition, long ticks)
    {
        for (var end = Control.Now + ticks; !condition(); Control.Sleep())
        {
            if (IsOver || Control.Now > end)
            {
                return false;
            }
        }

        return true;
    }

    private void Answer(ReadOnlySpan<byte> bytes, bool isMessage)
    {
        _answers.Enqueue((bytes.ToArray(), isMessage));
        _hasAnswer.Release();
    }

    /// <summary>
    /// Writes the reader's answers, on a thread of their own: a reader that waited for the write of a flood would close TCP's window, and the
    /// acknowledgements of the client's that the write waits for would lie behind it.
    /// </summary>
    private void WriteAnswers()
    {
        while (!IsOver)
        {
            _hasAnswer.Wait(Control.Tick);
            while (_answers.TryDequeue(out var answer))
            {
                lock (_writing)
                {
                    // A message inside another one would be none (RFC 6455 §5.4).
                    if (!answer.IsMessage || !_isInsideMessage)
                    {
                        Write(answer.Bytes);
                    }
                }
            }
        }
    }

    private void Write(ReadOnlySpan<byte> bytes) => Write(bytes, 0);

    private void Write(ReadOnlySpan<byte> bytes, int writeSize)
    {
        lock (_writing)
        {
            for (var size = writeSize == 0 ? bytes.Length : writeSize; !bytes.IsEmpty; bytes = bytes[Math.Min(size, bytes.Length)..])
            {
                _duplex.Write(bytes[..Math.Min(size, bytes.Length)]);
            }
        }
    }
}
