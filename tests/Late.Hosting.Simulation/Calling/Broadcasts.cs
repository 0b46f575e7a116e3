using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>
/// Calls over all connections of a supervisor: each key has the outcome of its own call, however the others end, and the broadcast ends
/// with the last of them. What is wrong with its options is one error, before any call.
/// </summary>
internal sealed class Broadcasts(World world, ILateSupervisor<SimulationHandler> supervisor)
{
    private readonly List<Broadcast> _all = [];
    private int _count;

    /// <summary>Perhaps makes one.</summary>
    public bool TryAct()
    {
        if (!world.Calls.Broadcasts || !world.Calls.Dice.Chance(20))
        {
            return false;
        }

        Begin();
        return true;
    }

    /// <summary>With nothing else to do: those have ended whose calls have.</summary>
    public void CheckNow()
    {
        foreach (var broadcast in _all)
        {
            var isOver = broadcast.Calls.Values.All(static call => call.IsEnded);
            world.Verdict.Require(broadcast.Task.IsCompleted == isOver, "P5", $"{broadcast} has {(isOver ? "not " : "")}ended, and its calls have{(isOver ? "" : " not")}");
        }

        _all.RemoveAll(static broadcast => broadcast.Task.IsCompleted);
    }

    private void Begin()
    {
        var (dice, id) = (world.Calls.Dice, ++_count);
        var options = new LateCallOptions
        {
            Timeout = dice.Chance(10) ? TimeSpan.Zero : dice.Pick<TimeSpan?>(null, null, dice.Time(5, 20_000)),
            WhenNotReady = dice.Pick<LateWhenNotReady?>(null, LateWhenNotReady.Fail, LateWhenNotReady.Wait),
            WhenLost = dice.Pick(LateWhenLost.Fail, LateWhenLost.Wait),
        };
        var cancellation = Cancellation(out var cancelledAt);
        var observed = new ObservedSupervisor(world, supervisor, cancelledAt);
        world.Trace.Write($"broadcast {id}: within {options.Timeout}, {options.WhenNotReady}");
        try
        {
            var task = observed.BroadcastAsync(new Probe(0), options, cancellation);
            var broadcast = new Broadcast(id, observed.Calls, task);
            world.Verdict.Require(options.Timeout != TimeSpan.Zero, "P13", $"{broadcast} begins, and has a timeout of no time");
            world.Verdict.Require(observed.Calls.Count == observed.Keys.Count && observed.Keys.All(observed.Calls.ContainsKey), "P5", $"{broadcast} calls {observed.Calls.Count} of {observed.Keys.Count} connections");
            _all.Add(broadcast);
            _ = FollowAsync(broadcast);
        }
        catch (ArgumentOutOfRangeException)
        {
            world.Verdict.Require(options.Timeout == TimeSpan.Zero && observed.Calls.Count == 0, "P13", $"broadcast {id} is refused after {observed.Calls.Count} calls");
        }
    }

    private async Task FollowAsync(Broadcast broadcast)
    {
        try
        {
            var outcomes = await broadcast.Task;
            world.Trace.Write($"{broadcast}: done");
            world.Verdict.Require(outcomes.Count == broadcast.Calls.Count, "P5", $"{broadcast} has {outcomes.Count} outcomes of {broadcast.Calls.Count} calls");
            foreach (var (key, call) in broadcast.Calls)
            {
                world.Verdict.Require(outcomes.TryGetValue(key, out var outcome) && IsOf(outcome, call), "P5", $"{broadcast} has another outcome for {key} than {call}, which is {call.Task.Status}");
            }
        }
        catch (Exception exception)
        {
            world.Verdict.Fail("P5", $"{broadcast} ended with {exception.GetType().Name}: {exception.Message}");
        }
    }

    private static bool IsOf(LateCallOutcome<int> outcome, CallErrand call) => call.Task switch
    {
        { IsCompletedSuccessfully: true } => outcome.TryGetReply(out var reply) && reply == call.Id,
        { IsCanceled: true } => outcome.Exception is OperationCanceledException,
        { Exception: { } failure } => outcome.Exception == failure.InnerException,
        _ => false,
    };

    private CancellationToken Cancellation(out TimeSpan? at)
    {
        at = null;
        if (!world.Calls.Dice.Chance(20))
        {
            return CancellationToken.None;
        }

        var (source, after) = (new CancellationTokenSource(), world.Calls.Dice.Time(1, 5000));
        at = world.Time.Elapsed + after;
        world.Time.After(after, source.Cancel);
        return source.Token;
    }
}
