using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What posts come to that run without a session: there is nothing to send to, and something to ask for.</summary>
internal sealed class FreeActs(Subject subject, Acts acts)
{
    // What follows an error without a session in the next life is not followed from here.
    private bool MayFail => subject.Options.HandlerErrors != LateHandlerErrorBehavior.Restart;

    public async ValueTask<LateResult<long>> HandleAsync(long state, Action onBegun, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Free", state);
        try
        {
            onBegun();
            var outcome = await acts.TakeTimeAsync("Free", cancellationToken);
            return Conclude(await OutlastsStopAsync() ? Outcome.Fault : outcome);
        }
        finally
        {
            subject.Life.Leave();
            subject.Preparations.OnFreeEnds();
        }
    }

    /// <summary>Few outlast a stop, which abandons them: what they come to then is too late.</summary>
    /// <returns>True for one of those.</returns>
    private async Task<bool> OutlastsStopAsync()
    {
        if (!subject.World.Chances.Slots.Chance(1))
        {
            return false;
        }

        var options = subject.Options;
        subject.World.StopAfter(subject.World.Chances.Slots.Time(1, 200));
        await subject.World.DelayAsync((3 * options.CallbackGracePeriod) + options.CloseTimeout + TimeSpan.FromSeconds(1), default);
        return true;
    }

    private LateResult<long> Conclude(Outcome outcome)
    {
        subject.Trace.Write($"without a session: {outcome}");
        switch (outcome)
        {
            case Outcome.Throw when MayFail:
                subject.Errors.OnThrown(session: 0);
                throw new SimulatedException();
            case Outcome.Send or Outcome.Invalid when MayFail:
                subject.Errors.OnThrown(session: 0);
                return MakeMisuse(subject.Life.NewState());
            default:
                return Make(outcome, subject.Life.NewState());
        }
    }

    private LateResult<long> MakeMisuse(long state) => subject.World.Chances.Slots.Below(4) switch
    {
        0 => LateResult.Ok(state).HoldCalls(),
        1 => LateResult.Ok(state).CloseWith(LateCloseCode.NormalClosure, "never"),
        2 => LateResult.Ok(state).ReleaseSlot(),
        _ => LateResult.Send(state, LateFrame.Text($"never {Secrets.Payload}")),
    };

    private LateResult<long> Make(Outcome outcome, long state)
    {
        var (dice, result) = (subject.World.Chances.Slots, LateResult.Ok(state));
        switch (outcome)
        {
            case Outcome.Reconnect:
                var request = subject.Requests.Draw(isInSession: false);
                result = request is null ? result.ThenReconnect("the handler's request") : result.ThenReconnect(request.Request);
                subject.FreePosts.OnReconnect(request);
                break;
            case Outcome.Stop:
                result = result.ThenStop(LateCloseCode.NormalClosure, "enough");
                break;
            case Outcome.Fault:
                result = result.ThenFault("the account is closed", dice.Chance(50) ? new SimulatedException() : null);
                break;
        }

        subject.Life.Accept(state);
        return result;
    }
}
