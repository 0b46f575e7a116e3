using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>The calls that a handler has taken, and its answers to them: early, late, twice, and from outside its callbacks.</summary>
internal sealed class Answers(Subject subject)
{
    private readonly LatePendingCalls<int> _pending = new();
    private readonly List<(int Id, LateCall<int> Call)> _calls = [];

    /// <summary>How many calls it still keeps for a reply.</summary>
    public int Count => _pending.Count;

    public void Keep(int id, LateCall<int> call)
    {
        _calls.Add((id, call));
        subject.Verdict.Require(_pending.TryAdd(id, call), "P5", $"call {id} reached the handler twice");
    }

    /// <summary>Replies to a call of now or long ago, through the table of pending calls or by itself.</summary>
    public void Reply(int id)
    {
        if (_calls.Find(known => known.Id == id).Call is { } call)
        {
            Answer(id, call, () => subject.Dice.Chance(50) ? _pending.Reply(id, id) || call.Reply(id) : call.Reply(id), isReply: true);
        }
    }

    /// <summary>The same to any of them.</summary>
    public void ReplyToOne()
    {
        if (_calls.Count > 0 && subject.Dice.Chance(20))
        {
            Reply(subject.Dice.Pick<(int Id, LateCall<int>)>(_calls.ToArray()).Id);
        }
    }

    public void Fail(int id, LateCall<int> call) => Answer(id, call, () => call.Fail(new SimulatedException()), isReply: false);

    private void Answer(int id, LateCall<int> call, Func<bool> answer, bool isReply)
    {
        var hadEnded = call.IsEnded;
        var isTaken = answer();
        subject.Verdict.Require(isTaken != hadEnded, "P5", $"an answer to call {id}, which had {(hadEnded ? "ended" : "not ended")}, was {(isTaken ? "taken" : "refused")}");
        if (isTaken)
        {
            subject.Calls.OnAnswered(id, isReply);
        }

        // The server's answer to a call that its caller has canceled.
        subject.Calls.OnSlotReleased(id);
    }
}
