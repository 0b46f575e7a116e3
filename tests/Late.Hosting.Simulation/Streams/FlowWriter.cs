using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>What the handler does with a stream: it writes, completes and fails it, also where it has ended, by its table or by itself.</summary>
internal sealed class FlowWriter(Subject subject, StreamErrand stream, LatePendingCalls<int> table)
{
    /// <summary>Writes items.</summary>
    /// <param name="count">How many.</param>
    public void Write(int count)
    {
        for (var left = count; left > 0; left--)
        {
            Write();
        }
    }

    public void Complete()
    {
        var live = stream.Live!;
        var hadEnded = live.Stream.IsEnded;
        var isFirst = subject.World.Chances.Streams.Chance(50) ? table.Complete(stream.Number) : live.Stream.Complete();
        subject.Trace.Write($"{stream} is completed: {isFirst}");
        subject.Verdict.Require(isFirst != hadEnded, "P5", $"{stream}, which had {(hadEnded ? "" : "not ")}ended, is {(isFirst ? "" : "not ")}completed");
        live.IsComplete |= isFirst;
    }

    public void Fail()
    {
        var live = stream.Live!;
        var hadEnded = live.Stream.IsEnded;
        var isFirst = subject.World.Chances.Streams.Chance(50) ? table.Fail(stream.Number, new SimulatedException()) : live.Stream.Fail(new SimulatedException());
        subject.Trace.Write($"{stream} fails: {isFirst}");
        subject.Verdict.Require(isFirst != hadEnded, "P5", $"{stream}, which had {(hadEnded ? "" : "not ")}ended, {(isFirst ? "fails" : "does not fail")}");
        live.HasFailed |= isFirst;
    }

    /// <summary>Its callback is about to throw: the exception goes to the reader, unless the stream has ended.</summary>
    public void OnThrown() => stream.Live!.HasFailed |= !stream.Live.Stream.IsEnded;

    private void Write()
    {
        var live = stream.Live!;
        var (hadEnded, item, capacity, isBounded) = (live.Stream.IsEnded, live.Items, stream.Plan.Capacity, stream.Options.WhenFull == LateWhenFull.Fail);

        var unread = item - stream.Next;
        var isTaken = subject.World.Chances.Streams.Chance(50) ? table.Write(stream.Number, item) : live.Stream.Write(item);
        subject.Verdict.Require(!(isTaken && hadEnded), "P5", $"{stream} takes item {item}, and had ended");
        if (isTaken)
        {
            (live.Items, live.WrittenAt) = (item + 1, subject.Time.Elapsed);
            subject.Verdict.Require(!isBounded || unread < capacity, "P17", $"{stream} takes item {item}, its reader has read {stream.Next}, and its capacity is {capacity}");
        }
        else if (!hadEnded)
        {
            live.HasOverflowed = true;
            subject.Trace.Write($"{stream} has no room for item {item}");
            subject.Verdict.Require(isBounded && unread >= capacity && live.Stream.IsEnded, "P17", $"{stream} refuses item {item}, its reader has read {stream.Next}, and its capacity is {capacity}");
        }
    }
}
