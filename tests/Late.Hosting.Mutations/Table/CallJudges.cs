namespace Late.Hosting.Mutations.Table;

/// <summary>Bugs of calls which the simulation alone is to find: for each of its checks of slots, retries, own entries, broadcasts and ends of calls one at least.</summary>
internal static class CallJudges
{
    public static IEnumerable<Mutation> Mutations => [.. Slots, .. Lost, .. Retries, .. Entries, .. Broadcasts, .. Ends];

    private static IEnumerable<Mutation> Slots =>
    [
        new("one-call-more-than-MaxConcurrentCalls", "MaxConcurrentCalls: so many calls are in progress, and no more", Finder.Simulation,
            new Edit("CallSlots.cs", "limit is null || inUse < limit;", "limit is null || inUse <= limit;")),
        new("one-call-more-than-the-limit-of-its-request", "MaxConcurrentCallsByRequest: so many calls are in progress, and no more", Finder.Simulation,
            new Edit("CallSlots.cs", "out var limit) || queue.InUse < limit;", "out var limit) || queue.InUse <= limit;")),
        new("call-with-a-timeout-of-its-own-needs-no-slot", "MaxConcurrentCalls: each call counts", Finder.Simulation,
            new Edit("Client.cs", "RequestKind.Of<TRequest>().IsLimitedBy(defaults)", "options.Timeout is null && RequestKind.Of<TRequest>().IsLimitedBy(defaults)")),
        new("QueueTimeout-is-not-set", "QueueTimeout: so long a call waits for its slot, and no longer", Finder.Simulation,
            new Edit("CallBeginning.cs", "call.WaitForSlot(defaults.QueueTimeout);", "_ = defaults.QueueTimeout;")),
        new("QueueTimeout-is-half-as-long", "QueueTimeout: so long a call waits for its slot", Finder.Simulation,
            new Edit("CallBeginning.cs", "call.WaitForSlot(defaults.QueueTimeout);", "call.WaitForSlot(defaults.QueueTimeout / 2);")),
        new("free-slot-waits-for-the-next-call", "MaxConcurrentCalls: no call waits while a slot is free", Finder.Simulation,
            new Edit("WorkQueues.cs", "accepted = isReleased ? AdmitWaiting(admission) : null;", "accepted = null;")),
        new("raised-limit-admits-nothing", "MaxConcurrentCalls: a reload reaches the calls that wait", Finder.Simulation,
            new Edit("Mailbox.cs", "counted = work.CountCalls(inProgress, areAll); accepted = work.AdmitWaiting(lifecycle.Admission);", "counted = work.CountCalls(inProgress, areAll); accepted = null;")),
        new("call-that-was-not-delivered-keeps-its-slot", "MaxConcurrentCalls: a call that has ended gives back its slot", Finder.Simulation,
            new Edit("PendingCall.cs", "if (IsLimited) { mailbox.ReleaseSlot(this); }", "if (IsLimited && delivery == LateDelivery.Unknown) { mailbox.ReleaseSlot(this); }")),
    ];

    private static IEnumerable<Mutation> Lost =>
    [
        new("call-that-waits-when-its-session-is-lost-fails", "P6: WhenLost = Wait", Finder.Simulation,
            new Edit("MailboxItem.cs", "WhenNotReady == LateWhenNotReady.Fail && !WaitsWhenLost;", "WhenNotReady == LateWhenNotReady.Fail;")),
        new("calls-return-in-another-order", "P1: calls reach the handler in their order", Finder.Simulation,
            new Edit("WorkQueues.cs", "foreach (var call in Enumerable.Reverse(admitted)", "foreach (var call in admitted")),
    ];

    private static IEnumerable<Mutation> Retries =>
    [
        new("call-is-retried-that-the-handler-has-received", "P6: only calls that the handler has not received are retried", Finder.Simulation,
            new Edit("CallPipeline.cs", "LateDisconnectedException { Delivery: LateDelivery.NotDelivered, IsOfConnection: true } failure", "LateDisconnectedException { IsOfConnection: true } failure")),
        new("call-that-has-waited-for-too-long-is-not-retried", "P6: calls that the handler has not received are retried", Finder.Simulation,
            new Edit("CallPipeline.cs", "LateCallTimeoutException { Delivery: LateDelivery.NotDelivered, IsOfConnection: true } failure => failure.ConnectionName == _connection.Name,", "")),
        new("retries-are-further-apart-than-MaxDelay", "P6: retries have the delays of reconnecting", Finder.Simulation,
            new Edit("CallPipeline.cs", "MaxDelay = delays.MaxDelay,", "")),
        new("canceled-call-waits-for-its-next-attempt", "P5: the caller's cancellation ends a call", Finder.Simulation,
            new Edit("CallPipeline.cs", "CancellationTokenSource.CreateLinkedTokenSource(caller, isOver ? default : pipeline.Over.Token)", "CancellationTokenSource.CreateLinkedTokenSource(default, isOver ? default : pipeline.Over.Token)")),
    ];

    private static IEnumerable<Mutation> Entries =>
    [
        new("own-entry-does-not-expire", "P5: an entry without a caller expires after CallTimeout", Finder.Simulation,
            new Edit("SessionEntries.cs", "call.StartClock(null, connection.Options.CallTimeout);", "")),
        new("own-entry-expires-too-soon", "P5: an entry without a caller expires after CallTimeout", Finder.Simulation,
            new Edit("SessionEntries.cs", "call.StartClock(null, connection.Options.CallTimeout);", "call.StartClock(null, connection.Options.CallTimeout / 2);")),
        new("own-entry-outlives-its-session", "P5: an entry without a caller ends with its session", Finder.Simulation,
            new Edit("SessionEntries.cs", "session.Calls.Track(call);", "")),
        new("own-entry-takes-no-failure", "P5: any answer takes an entry", Finder.Simulation,
            new Edit("PendingCall.cs", "SetException(exception); return true;", "SetException(exception); return HasCaller;")),
    ];

    private static IEnumerable<Mutation> Broadcasts =>
    [
        new("broadcast-with-a-wrong-timeout-begins", "P13: what is wrong with the options of a broadcast is one error", Finder.Simulation,
            new Edit("LateSupervisorExtensions.cs", "TimeoutCheck.Require(options.Timeout);", "")),
        new("broadcast-fails-with-one-of-its-calls", "P5: a broadcast has one outcome for each key", Finder.Simulation,
            new Edit("LateSupervisorExtensions.cs", "catch (Exception exception)", "catch (Exception exception) when (exception is not LateCallTimeoutException)")),
        new("broadcast-leaves-out-what-is-not-ready", "P5: a broadcast has one outcome for each key", Finder.Simulation,
            new Edit("LateSupervisorExtensions.cs", "supervisor.Connections.Select(connection", "supervisor.Connections.Where(static one => one.Value.State == LateConnectionState.Ready).Select(connection")),
        new("broadcast-ends-with-its-first-call", "P5: a broadcast ends with the last of its calls", Finder.Simulation,
            new Edit("LateSupervisorExtensions.cs", "outcomes.Add(key, await outcome.ConfigureAwait(false));", "outcomes.Add(key, outcome.IsCompleted || outcomes.Count == 0 ? await outcome.ConfigureAwait(false) : new());")),
        new("broadcast-has-the-outcome-of-another-key", "P5: the outcome of a key is that of its own call", Finder.Simulation,
            new Edit("LateSupervisorExtensions.cs", "outcomes.Add(key, await outcome.ConfigureAwait(false));", "outcomes.Add(key, await calls[calls.Length - 1 - outcomes.Count].Outcome.ConfigureAwait(false));")),
    ];

    private static IEnumerable<Mutation> Ends =>
    [
        new("end-of-a-call-is-never-notified", "P19: the handler learns that a call it has taken ended", Finder.Simulation,
            new Edit("PendingCall.cs", "if (isTaken)", "if (isTaken && !isFirst)")),
        new("end-of-a-call-is-notified-twice", "P19: the handler learns once that a call it has taken ended", Finder.Simulation,
            new Edit("PendingCall.cs", "if (IsNotified) {", "for (var left = IsNotified ? 2 : 0; left > 0; left--) {")),
        new("timeout-is-notified-as-a-cancellation", "P19: the handler learns how a call ended", Finder.Simulation,
            new Edit("PendingCall.cs", "Outcome == CallOutcome.TimedOut ? LateCallEndReason.TimedOut : LateCallEndReason.Canceled", "LateCallEndReason.Canceled")),
        new("reply-is-notified-as-the-end-of-its-call", "P19: not for a call with a reply", Finder.Simulation,
            new Edit("TimedCall.cs", "IsNotified => Outcome is CallOutcome.TimedOut or CallOutcome.Canceled;", "IsNotified => Outcome is not CallOutcome.Disconnected;")),
        new("call-whose-HandleCall-throws-has-an-end", "P19: not for a call that the handler has not taken", Finder.Simulation,
            new Edit("PendingCall.cs", "(Progress, IsHandled) = (CallProgress.Delivered, isTaken);", "(Progress, IsHandled) = (isTaken ? CallProgress.Taken : CallProgress.Delivered, false);"),
            new Edit("PendingCall.cs", "NotifyEnd(session); if (releasesSlot)", "if (releasesSlot)")),
        new("end-of-a-call-goes-into-the-next-session", "P19: in the same session only", Finder.Simulation,
            new Edit("WorkQueues.cs", "_admitted.RemoveOfSession(static _ => true, admitted);", """_admitted.RemoveOfSession(static item => item.CallbackName != "HandleCallEnd", admitted);""")),
        new("next-call-precedes-the-end-of-the-last", "P19: the end of a call reaches the handler before the next call has its slot", Finder.Simulation,
            new Edit("PendingCall.cs", "NotifyEnd(session!.Session); IsEnding = false;", "IsEnding = false;"),
            new Edit("PendingCall.cs", "session?.Session.Drain.OnCallEnded(); return isFirst;", "session?.Session.Drain.OnCallEnded(); if (isTaken) { NotifyEnd(session!.Session); } return isFirst;"),
            new Edit("PendingCall.cs", "if (IsLimited) { mailbox.ReleaseSlot(this); } return isFirst;", "if (IsLimited) { mailbox.ReleaseSlot(this); } if (isTaken) { NotifyEnd(session!.Session); } return isFirst;")),
    ];
}
