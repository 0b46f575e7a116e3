using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What a handler does about calls, and about their ends.</summary>
internal sealed class CallActs(Subject subject, Acts acts)
{
    public Answers Answers { get; } = new(subject);

    /// <summary>Those for which no caller waits.</summary>
    public OwnEntries Entries { get; } = new(subject, acts);

    public async ValueTask<LateResult<long>> HandleAsync(int id, LateCall<int> call, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Call", state);
        try
        {
            subject.Trace.Write($"call {id} reaches the handler");
            subject.Calls.OnDelivered(id, call, acts.Session);
            subject.Verdict.Require(acts.IsReady, "P7", $"call {id} reached the handler before the session was ready");
            Answers.Keep(id, call);
            var outcome = await acts.TakeTimeAsync("Call", cancellationToken);

            // The exception of a call that has ended meanwhile has no caller.
            outcome = call.IsEnded && subject.World.Calls.Dice.Chance(20) ? Outcome.Throw : outcome;
            if (subject.Dice.Chance(subject.Plan.Handler.ImmediateRepliesPercent))
            {
                Answers.Reply(id);
            }
            else if (subject.Dice.Chance(5))
            {
                Answers.Fail(id, call);
            }

            var result = acts.Conclude("Call", outcome, id, subject.Calls.OnThrown);
            if (outcome != Outcome.Invalid)
            {
                subject.Calls.OnTaken(id);
            }

            return result;
        }
        finally
        {
            subject.Life.Leave();
            if (subject.Dice.Chance(5))
            {
                subject.Time.After(subject.Dice.Time(1, 5000), () => Answers.Reply(id));
            }
        }
    }

    public async ValueTask<LateResult<long>> HandleEndAsync(LateCallEnd<Ask> end, long state, CancellationToken cancellationToken)
    {
        subject.Life.Enter("CallEnd", state);
        try
        {
            subject.CallEnds.OnNotified(end.Request.Id, end.Reason, end.Call, acts.Session);
            if (!subject.Plan.DrawsCalls)
            {
                return LateResult.Ok(state);
            }

            var result = acts.Conclude("CallEnd", await acts.TakeTimeAsync("CallEnd", cancellationToken));
            if (subject.World.Chances.Slots.Chance(subject.Plan.Handler.ReleasesSlotPercent))
            {
                subject.Calls.OnSlotReleased(end.Request.Id);
                result = result.ReleaseSlot();
            }

            return result;
        }
        finally
        {
            subject.Life.Leave();
        }
    }
}
