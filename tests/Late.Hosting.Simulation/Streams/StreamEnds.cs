using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Streams;

/// <summary>
/// Follows how streams end: for their readers behind all items and by what has ended them (promises P5, P6 and P17), and for the handler once where it
/// was not the handler itself (promise P19).
/// </summary>
internal sealed class StreamEnds(Subject subject)
{
    private TimeSpan Now => subject.Time.Elapsed;

    /// <summary>The handler is notified that a stream has ended.</summary>
    public void OnNotified(StreamErrand stream, LateCallEndReason reason, LateCall ended, int session)
    {
        var (verdict, live) = (subject.Verdict, stream.Live);
        subject.Trace.Write($"{stream} has ended for the handler: {reason}");
        if (live is null)
        {
            verdict.Fail("P19", $"the handler is notified of the end of {stream}, which it has not received");
            return;
        }

        verdict.Require(live.KnownEnd is null, "P19", $"the handler is notified twice of the end of {stream}");
        verdict.Require(live.IsTaken, "P19", $"the handler is notified of the end of {stream}, and its callback has not completed");
        verdict.Require(live.Session == session && subject.Gaps.IsOpen, "P19", $"the handler is notified in session {session} of the end of {stream}, which was received in session {live.Session}");
        verdict.Require(ended == live.Stream && ended.IsEnded && !live.IsComplete && !live.HasFailed, "P19", $"the handler is notified of the end of {stream}, which it has ended itself");
        var isTrue = reason switch
        {
            LateCallEndReason.Overflow => live.HasOverflowed,
            LateCallEndReason.ReaderLeft => stream.HasLeftFirst,
            LateCallEndReason.Canceled => stream.Caller.IsCancellationRequested,
            _ => Now >= stream.NextDueAt,
        };
        verdict.Require(isTrue, "P19", $"the handler is notified that {stream} has ended as {reason}, and it has not");
        live.KnownEnd = reason;
    }

    /// <summary>The enumeration of a stream ends, and is not disposed yet.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="failure">What it has thrown; null for nothing.</param>
    public void OnEnding(StreamErrand stream, Exception? failure)
    {
        if (stream.HasLeft)
        {
            return;
        }

        var (verdict, live) = (subject.Verdict, stream.Live);
        verdict.Require(!stream.IsKept, "P5", $"{stream} has ended for its reader, and continues for the handler");
        if (failure is OperationCanceledException)
        {
            verdict.Require(stream.Caller.IsCancellationRequested, "P5", $"{stream} was canceled, and its caller did not cancel it");
            return;
        }

        verdict.Require(stream.Next == (live?.Items ?? 0), "P20", $"{stream} ends before item {stream.Next}, and {live?.Items} were written");
        switch (failure)
        {
            case null:
                verdict.Require(live is { IsComplete: true }, "P5", $"{stream} comes to its end, and is not complete");
                break;
            case SimulatedException or InvalidOperationException:
                verdict.Require(live is { HasFailed: true }, "P2", $"{stream} failed with an exception that no callback threw: {failure.Message}");
                break;
            case LateGapException gap:
                verdict.Require(live is { HasOverflowed: true } && gap.Dropped == 1, "P17", $"{stream} overflows, and has had room");
                CheckKnown(stream, LateCallEndReason.Overflow);
                break;
            case LateCallTimeoutException:
                verdict.Require(Now >= stream.NextDueAt, "P5", $"{stream} timed out, and its next item is due at {stream.NextDueAt}");
                Deliveries.Check(subject, stream, failure, isKnown: true);
                CheckKnown(stream, LateCallEndReason.TimedOut);
                break;
            default:
                CheckLoss(stream, failure);
                break;
        }
    }

    /// <summary>With nothing else to do: a stream has ended where its time is over, and its reader has read what there is.</summary>
    public void CheckNow(StreamErrand stream)
    {
        var (verdict, live) = (subject.Verdict, stream.Live);
        if (stream.IsReading)
        {
            verdict.Require(!(Now > stream.CancelledAt + subject.Time.Slack), "P5", $"{stream} waits, and was canceled at {stream.CancelledAt}");
            verdict.Require(live is null || (stream.Next == live.Items && stream.IsKept), "P5", $"{stream} waits for item {stream.Next}, and {live?.Items} were written{(stream.IsKept ? "" : ", and it has ended")}");
        }

        if (!stream.IsOver && live?.Stream.IsEnded != true)
        {
            verdict.Require(!(Now > stream.NextDueAt + subject.Time.TimerSlack), "P5", $"{stream} continues, and its next item was due at {stream.NextDueAt}");
        }

        if (subject.IsIdle && stream.IsInOpenSession)
        {
            verdict.Require(!live!.IsEndDue, "P19", $"{stream} has ended, and the handler was not notified");
        }
    }

    private void CheckLoss(StreamErrand stream, Exception failure)
    {
        var (verdict, live) = (subject.Verdict, stream.Live);
        Deliveries.Check(subject, stream, failure, isKnown: true);
        CheckKnown(stream, null);
        if (failure is LateDisconnectedException loss)
        {
            verdict.Require(
                loss.Delivery == LateDelivery.Unknown || stream.Options.WhenLost == LateWhenLost.Fail || Now <= stream.Began + subject.Time.Slack, "P19", $"{stream} was to wait for another session, and has failed");
            verdict.Require(live is null || subject.Rotations.MayLoseCalls(live.Session), "P5", $"{stream} was lost to the replacement of session {live?.Session}");
        }
    }

    // The handler may have been notified before its reader has come to the end.
    private void CheckKnown(StreamErrand stream, LateCallEndReason? reason) => subject.Verdict.Require(
        stream.Live?.KnownEnd is not { } known || known == reason, "P19", $"{stream} ends for its reader as {reason?.ToString() ?? "lost"}, and the handler was notified that it has as {stream.Live?.KnownEnd}");
}
