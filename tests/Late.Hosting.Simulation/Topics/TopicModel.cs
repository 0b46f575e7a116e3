using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>A topic as the world knows it: what was published, where sessions have ended between its items, and its readers.</summary>
internal sealed class TopicModel(Subject subject, int number)
{
    private const int IndexBits = 32;

    // The session in which each item was published, and before which items sessions have ended.
    private readonly List<int> _sessions = [];
    private readonly List<int> _interruptions = [];
    private readonly HashSet<int> _restores = [];
    private readonly List<Reader> _failed = [];
    private LiveTopic? _leaving;
    private TimeSpan _leftAt;
    private TimeSpan _linger;
    private TimeSpan _lingersUntil;
    private bool _hasLeftBefore;
    private TimeSpan? _subscribedAt;

    public int Number => number;

    /// <summary>What the handler has of it in the session that is open; null for nothing.</summary>
    public LiveTopic? Present { get; private set; }

    /// <summary>Those that have not left, and whose topic has not failed.</summary>
    public List<Reader> Readers { get; } = [];

    /// <summary>The same, and those that have to observe that it has.</summary>
    public IEnumerable<Reader> All => [.. Readers, .. _failed];

    /// <summary>How many items were published.</summary>
    public int Items => _sessions.Count;

    /// <summary>True where it may be confirmed: by the handler, or because the frames of its <c>HandleSubscribe</c> are written.</summary>
    public bool MayBeConfirmed => Present is { } live && (live.IsConfirmed || (live.LastFrame is { } frame && subject.Sessions[live.Session - 1].LastHandlerFrame >= frame));

    /// <summary>True where what the handler has may belong to a session that has ended in this moment.</summary>
    public bool MayHaveEnded => subject.Client.State != LateConnectionState.Ready || subject.Rotations.IsDraining;

    /// <summary>True where the handler may have received it after what ends in this moment, in the next session.</summary>
    public bool HasJustBegun => subject.Time.Elapsed <= _subscribedAt + subject.Time.Slack;

    // What follows from it is due, and nothing is in its way.
    private bool IsIdle => subject.IsIdle && !subject.Rotations.IsDraining;

    public int SessionOf(int index) => _sessions[index];

    public static (int Session, int Index) Parts(long item) => ((int)(item >> IndexBits), (int)item);

    /// <summary>True where a session has ended between an item and the one before, or may have ended in this moment.</summary>
    public bool MayBeInterruptedBefore(int index) => index == Items || _interruptions.Contains(index);

    /// <summary>True where it is subscribed to again behind an interruption in front of an item.</summary>
    public bool MayBeRestoredBefore(int index) => index < Items || MayBeConfirmed || _restores.Contains(index);

    /// <summary>A reader has left, by its own will or not.</summary>
    public void Leave(Reader reader, TimeSpan linger)
    {
        _failed.Remove(reader);
        if (Readers.Remove(reader))
        {
            // Of several that leave in one moment, any may be the last: its time counts. One that has overflowed has left before, at a time that is
            // not known, and another was the last.
            var now = subject.Time.Elapsed;
            _linger = _leftAt == now ? Min(_linger, linger) : linger;
            _lingersUntil = _leftAt == now || reader.MayBeOut ? Max(_lingersUntil, now + linger) : now + linger;
            (_leftAt, _hasLeftBefore) = (now, reader.MayBeOut);
        }
    }

    public void OnSubscribe(LiveTopic live, int session)
    {
        var verdict = subject.Verdict;
        verdict.Require(Present is null or { MayHaveFailed: true }, "P20", $"the handler subscribes twice in session {session} to topic {number}");
        verdict.Require(Readers.Count > 0, "P20", $"the handler subscribes to topic {number}, which has no reader");
        (Present, _leaving, _subscribedAt) = (live, null, subject.Time.Elapsed);
        Readers.ForEach(static reader => reader.OnBegun());
        subject.Trace.Write($"topic {number} is subscribed to");
    }

    public void OnUnsubscribe(int session)
    {
        var verdict = subject.Verdict;
        verdict.Require(Present?.Session == session, "P20", $"the handler unsubscribes in session {session} from topic {number}, to which it has not subscribed");
        verdict.Require(Readers.TrueForAll(static reader => reader.MayHaveLeft), "P20", $"the handler unsubscribes from topic {number}, which has readers: {string.Join(", ", Readers)}");
        verdict.Require(Readers.Count > 0 || _hasLeftBefore || subject.Time.Elapsed >= _leftAt + _linger, "P20", $"the handler unsubscribes from topic {number}, whose last reader has left at {_leftAt}, and lingers for {_linger}");
        NoteConfirmed();
        (Present, _leaving) = (null, Present);
        subject.Trace.Write($"topic {number} is unsubscribed from");
    }

    public void Publish()
    {
        if (Present is not { } live)
        {
            return;
        }

        var item = ((long)live.Session << IndexBits) | (uint)Items;
        var isAccepted = subject.World.Chances.Readers.Chance(50) ? live.Publish(item) : live.PublishByKey(item);
        subject.Verdict.Require(isAccepted || MayHaveEnded || live.MayHaveFailed, "P20", $"topic {number} refuses an item in session {live.Session}");
        if (isAccepted)
        {
            _sessions.Add(live.Session);
        }
    }

    public void Confirm()
    {
        if (Present is { } live)
        {
            var isConfirmed = live.Confirm();
            subject.Verdict.Require(isConfirmed != live.IsConfirmed || MayHaveEnded || live.MayHaveFailed, "P20", $"topic {number} is {(isConfirmed ? "" : "not ")}confirmed, and it was {(live.IsConfirmed ? "" : "not ")}before");
            live.IsConfirmed |= isConfirmed;
            subject.Trace.Write($"topic {number} is confirmed: {isConfirmed}");
        }
    }

    /// <summary>The handler fails it.</summary>
    public void Fail()
    {
        if (Present is { } live)
        {
            var hasFailed = live.Fail(new SimulatedException());
            subject.Verdict.Require(hasFailed || MayHaveEnded || live.MayHaveFailed, "P20", $"topic {number} does not fail");
            if (hasFailed)
            {
                OnFailed(live, isCertain: true);
            }
        }
    }

    /// <summary>Its <c>HandleSubscribe</c> throws, and it fails where the session has not ended before.</summary>
    public void OnThrown(LiveTopic live) => OnFailed(live, isCertain: !MayHaveEnded);

    /// <summary>It fails: its readers receive the exception, behind what they have not read.</summary>
    private void OnFailed(LiveTopic live, bool isCertain)
    {
        if (live != Present)
        {
            return;
        }

        NoteConfirmed();
        live.MayHaveFailed = true;
        subject.Trace.Write($"topic {number} fails");
        Readers.ForEach(reader => reader.FailAt(Items, isCertain));
        if (isCertain)
        {
            _failed.AddRange(Readers);
            Readers.Clear();
            (Present, _leaving) = (null, live);
        }
    }

    /// <summary>A session has ended.</summary>
    /// <returns>What the handler had of it; null for nothing.</returns>
    public LiveTopic? OnDisconnected()
    {
        var ended = Present;
        NoteConfirmed();
        if (ended is not null)
        {
            subject.Verdict.Require(ended.IsEnded() || subject.Logs.HasAbandoned, "P20", $"topic {number} of session {ended.Session} has outlived it");
            _interruptions.Add(Items);
        }

        Readers.ForEach(reader => reader.OnDisconnected(isInterruption: ended is not null));
        var stale = ended ?? _leaving;
        (Present, _leaving) = (null, null);
        return stale;
    }

    public void CheckNow()
    {
        if (IsIdle)
        {
            CheckIdle();
        }

        Readers.ForEach(static reader => reader.CheckNow());
        _failed.ForEach(static reader => reader.CheckNow());
    }

    // Those that are notified of it may observe it later than its end.
    private void NoteConfirmed()
    {
        if (MayBeConfirmed)
        {
            _restores.Add(Items);
            Readers.ForEach(static reader => reader.OnMayBeConfirmed());
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void CheckIdle()
    {
        var verdict = subject.Verdict;
        verdict.Require(Present is not null || Readers.TrueForAll(static reader => reader.MayBeOut), "P20", $"topic {number} has readers, and is not subscribed to: {string.Join(", ", Readers)}");
        verdict.Require(
            Present is null or { MayHaveFailed: true } || Readers.Count > 0 || subject.Time.Elapsed <= _lingersUntil + subject.Time.Slack, "P20", $"topic {number} is subscribed to, and its last reader has left at {_leftAt} and lingers for {_linger}");
        if (MayBeConfirmed)
        {
            Readers.ForEach(static reader => reader.CheckConfirmed());
        }
    }
}
