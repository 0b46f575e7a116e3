using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>
/// Entries of the handler's own in a table of pending calls, for which no caller waits: any answer takes one, once, and it expires after
/// <c>CallTimeout</c> or ends with its session (promise P5).
/// </summary>
internal sealed class OwnEntries(Subject subject, Acts acts)
{
    private readonly LatePendingCalls _table = new();
    private readonly List<Entry> _entries = [];

    /// <summary>How many the table keeps.</summary>
    public int Count => _table.Count;

    private Dice Dice => subject.World.Calls.Dice;

    private TimeSpan Now => subject.Time.Elapsed;

    /// <summary>In a callback of a session: perhaps adds one, and answers one, of now or long ago.</summary>
    public void Act(LateContext context)
    {
        if (!subject.World.Calls.KeepsEntries)
        {
            return;
        }

        if (Dice.Chance(30))
        {
            Add(context);
        }

        if (_entries.Count > 0 && Dice.Chance(20))
        {
            Answer(_entries[Dice.Below(_entries.Count)]);
        }
    }

    /// <summary>In a callback that runs without a session.</summary>
    public void ActWithoutSession(LateContext context)
    {
        if (!subject.World.Calls.KeepsEntries)
        {
            return;
        }

        try
        {
            _table.Add(context);
            subject.Verdict.Fail("P5", "the handler has added an entry, and there is no session");
        }
        catch (LateDisconnectedException)
        {
            // It is for a session.
        }
    }

    /// <summary>The session has ended, and its entries have with it.</summary>
    public void OnDisconnected()
    {
        subject.Verdict.Require(Count == 0, "P5", $"{Count} entries of the handler's own outlived their session {acts.Session}");
        _entries.Clear();
    }

    /// <summary>With nothing else to do: none is missing, and none is left.</summary>
    public void CheckNow()
    {
        if (_entries.Count > 0)
        {
            var (least, most) = (_entries.Count(IsThere), _entries.Count(MayBeThere));
            subject.Verdict.Require(Count >= least && Count <= most, "P5", $"the table has {Count} entries of the handler's own, and there are from {least} to {most}");
            _entries.RemoveAll(entry => !MayBeThere(entry) && _entries.Count > 20);
        }
    }

    private void Add(LateContext context)
    {
        // Its time begins now: some of it may pass while it is added.
        var now = Now;
        try
        {
            var entry = new Entry(_table.Add(context), now);
            _entries.Add(entry);
            subject.Trace.Write($"the handler adds entry {entry.Id}");
        }
        catch (LateDisconnectedException)
        {
            subject.Verdict.Require(!subject.Gaps.IsOpen, "P5", $"the handler can add no entry in session {acts.Session}");
        }
    }

    private void Answer(Entry entry)
    {
        var (isThere, mayBeThere) = (IsThere(entry), MayBeThere(entry));
        var isTaken = Dice.Below(4) switch
        {
            0 => _table.Reply(entry.Id, entry.Id),
            1 => _table.Reply(entry.Id, "yes"),
            2 => _table.Fail(entry.Id, new SimulatedException()),
            _ => _table.TryTake<long>(entry.Id, out var call) && call.Reply(1),
        };
        entry.IsAnswered = true;
        subject.Trace.Write($"entry {entry.Id} is answered: {isTaken}");
        subject.Verdict.Require(isTaken ? mayBeThere : !isThere, "P5", $"an answer to entry {entry.Id} of {entry.AddedAt} was {(isTaken ? "taken" : "refused")}");
    }

    private bool IsThere(Entry entry) => !entry.IsAnswered && subject.Gaps.IsOpen && Now < entry.AddedAt + subject.Options.CallTimeout;

    private bool MayBeThere(Entry entry) => !entry.IsAnswered && Now <= entry.AddedAt + subject.Options.CallTimeout + subject.Time.TimerSlack;

    private sealed record Entry(int Id, TimeSpan AddedAt)
    {
        public bool IsAnswered { get; set; }
    }
}
