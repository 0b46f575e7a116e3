namespace Late.Hosting.Mutations.Table;

/// <summary>How calls, posts and sends end, and what clocks they have.</summary>
internal static class Calls
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("call-clock-is-set-once", "P5: every call ends", Finder.Simulation,
            new Edit("CallClock.cs", "_dueAt = Never; if (_isOver", "if (_isOver")),
        new("call-clock-loses-its-last-call", "P5: every call ends", Finder.Simulation,
            new Edit("CallClock.cs", "if (next is null) { _last = previous; }", "if (next is null) { _last ??= previous; }")),
        new("shorter-timeout-waits-for-longer-ones", "P5: a call ends within its timeout", Finder.Simulation,
            new Edit("CallClock.cs", "_last.Due.At > due", "_last.Due.At < 0")),
        new("ended-call-stays-with-its-session", "P5: an ended call leaves no entry", Finder.Tests("*Calls.CallTests"),
            new Edit("PendingCall.cs", "session?.Remove(this); for", "for")),
        new("pending-table-keeps-ended-calls", "P5: an ended call leaves no entry", Finder.Simulation,
            new Edit("LatePendingCalls.TKey.cs", "table._calls.TryRemove(KeyValuePair.Create(key, call))", "_ = call")),
        new("delivered-call-is-safe-to-repeat", "P6: NotDelivered only where the handler never saw it", Finder.Simulation,
            new Edit("PendingCall.cs", "delivery = Progress == CallProgress.Waiting ? LateDelivery.NotDelivered : LateDelivery.Unknown;", "delivery = LateDelivery.NotDelivered;")),
        new("waiting-call-may-have-been-sent", "P6: a call that the handler never saw is safe to repeat", Finder.Simulation,
            new Edit("PendingCall.cs", "delivery = Progress == CallProgress.Waiting ? LateDelivery.NotDelivered : LateDelivery.Unknown;", "delivery = LateDelivery.Unknown;")),
        new("call-ends-twice", "P5: a reply after the end returns false", Finder.Simulation,
            new Edit("PendingCall.cs", "isFirst = !IsEnded; if (IsOver || (", "isFirst = true; if ((")),
        new("calls-outlive-their-session", "P5: a disconnect ends the calls that the handler has", Finder.Simulation,
            new Edit("SessionCalls.cs", "foreach (var call in calls) { call.Refuse(failure); }", "")),
        new("cancelled-call-continues", "P5: the caller's cancellation ends a call", Finder.Simulation,
            new Edit("TimedCall.cs", "if (cancellationToken.CanBeCanceled)", "if (cancellationToken.IsCancellationRequested)")),
        new("timers-of-sends-are-left", "P5: what has ended leaves no timer", Finder.Simulation,
            new Edit("SubmittedItem.cs", "_timeout?.Dispose();", "")),
        new("cancelled-send-is-sent", "P6: what is reported as not delivered is not sent", Finder.Simulation,
            new Edit("SubmittedItem.cs", "|| !TryWithdraw() || !TryFinish())", "|| !TryFinish())")),
        new("send-succeeds-before-its-write", "P6: a send succeeds when it is written", Finder.Simulation,
            new Edit("SendItem.cs", "in frame), this); return default;", "in frame), this); Complete(); return default;")),
        new("lost-send-is-safe-to-repeat", "P6: what may have been written is Unknown", Finder.Simulation,
            new Edit("SendItem.cs", "TryLose(failure, LateDelivery.Unknown)", "TryLose(failure, LateDelivery.NotDelivered)")),
        new("timers-outlive-their-session", "P4: delayed posts die with their session", Finder.Simulation,
            new Edit("DelayedPosts.cs", "foreach (var post in posts) { post.Dispose(); }", "")),
        new("delayed-post-goes-to-the-next-session", "P4: delayed posts die with their session", Finder.Simulation,
            new Edit("DelayedPosts.cs", "_isOver = true; posts = [.. _posts];", "posts = [];"),
            new Edit("DelayedPosts.cs", "SubmitOwn(item, session);", "SubmitOwn(item);")),
    ];
}
