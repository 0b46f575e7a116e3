using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>The reader of a stream: it requests it, reads at its pace, and leaves.</summary>
internal sealed class FlowReader(Subject subject, StreamErrand stream, StreamEnds ends)
{
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReleased;
    private int _read;

    private FlowPlan Plan => stream.Plan;

    /// <summary>Requests it.</summary>
    public void Begin(ILateClient<SimulationHandler> client)
    {
        subject.Trace.Write($"{stream} is requested: {Plan.Options}");
        var state = client.State;
        if (Plan.CanceledAfter is { } after)
        {
            stream.CancelledAt = stream.Began + after;
            subject.Time.After(after, stream.Caller.Cancel);
        }

        var items = client.StreamAsync(new Flow(stream.Number), Plan.Options with { OnDropped = OnDropped }, stream.Caller.Token).GetAsyncEnumerator();
        stream.IsReading = true;
        var first = items.MoveNextAsync().AsTask();
        stream.Task = first;
        ImmediateAnswers.Check(subject, stream, state, Plan.Options.WhenNotReady);
        _ = RunAsync(items, first);
    }

    /// <summary>Leaves it: where it waits for an item, by its token.</summary>
    public void Leave()
    {
        subject.Trace.Write($"{stream} is left");
        if (stream.IsReading)
        {
            stream.CancelledAt = stream.CancelledAt < subject.Time.Elapsed ? stream.CancelledAt : subject.Time.Elapsed;
            stream.Caller.Cancel();
        }
        else
        {
            stream.HasLeft = true;
        }

        Resume();
    }

    /// <summary>Ends its waiting for nothing.</summary>
    public void Resume()
    {
        _isReleased = true;
        _resumed.TrySetResult();
    }

    private async Task RunAsync(IAsyncEnumerator<int> items, Task<bool> first)
    {
        Exception? failure = null;
        try
        {
            for (var isNext = await first; isNext; isNext = await items.MoveNextAsync())
            {
                See(items.Current);
                await PauseAsync();
                stream.HasLeft |= _read >= Plan.LeavesAfter;
                if (stream.HasLeft)
                {
                    break;
                }

                stream.IsReading = true;
            }
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        (stream.IsReading, stream.IsOver, stream.HasLeftFirst) = (false, true, stream.HasLeft && !stream.Caller.IsCancellationRequested);
        SecretCheck.OfException(subject.Verdict, failure);
        subject.Trace.Write($"{stream} ends{(stream.HasLeft ? ", as its reader leaves" : failure is null ? "" : $" with {failure.GetType().Name}: {failure.Message}")}");
        ends.OnEnding(stream, failure);
        await items.DisposeAsync();
        subject.Verdict.Require(!stream.IsKept, "P5", $"{stream} has no reader any more, and continues");
    }

    private async Task PauseAsync()
    {
        var isStuck = _read >= Plan.StuckAfter;
        if (!_isReleased && (isStuck || subject.World.Chances.Streams.Chance(Plan.SlowPercent)))
        {
            var pause = isStuck ? _resumed.Task : subject.World.DelayAsync(subject.World.Chances.Streams.Time(1, 3000), default);
            await Task.WhenAny(pause, _resumed.Task);
        }
    }

    private void See(int item)
    {
        var items = stream.Live?.Items;
        stream.IsReading = false;
        _read++;
        subject.Trace.Write($"{stream}: item {item}");
        subject.Verdict.Require(item == stream.Next && item < items, "P20", $"{stream} reads item {item} of {items}, and {stream.Next} is next");
        subject.Verdict.Require(item >= items - Plan.Capacity, "P17", $"{stream} reads item {item} of {items}, and may leave {Plan.Capacity} unread");
        stream.Next = item + 1;
    }

    private void OnDropped(long count)
    {
        subject.Trace.Write($"{stream}: {count} items are dropped");
        stream.Next += (int)count;
        subject.Verdict.Require(
            Plan.Options.WhenFull != LateWhenFull.Fail && count > 0 && stream.Next == stream.Live?.Items - Plan.Capacity,
            "P17",
            $"{stream} drops {count} items up to {stream.Next} of {stream.Live?.Items}, and may leave {Plan.Capacity} unread");
    }
}
