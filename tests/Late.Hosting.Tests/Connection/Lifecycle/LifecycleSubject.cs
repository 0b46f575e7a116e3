using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Microsoft.Extensions.Time.Testing;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>A lifecycle under test; reports for each step what follows from it.</summary>
internal sealed class LifecycleSubject
{
    private readonly WorkQueues _work = new() { Capacity = WorkModel.Capacity };
    private readonly TestSession[] _sessions = [.. Enumerable.Range(0, LifecycleModel.Sessions).Select(static index => new TestSession(index))];
    private readonly Candidate[] _candidates = [.. Enumerable.Range(0, LifecycleModel.Sessions).Select(static _ => new Candidate { Request = SessionEnd.Rotated })];
    private readonly StatusChange _first;
    private int _items;

    public LifecycleSubject()
    {
        Lifecycle = new ConnectionLifecycle("Test", new FakeTimeProvider(), _work, SessionEnd.HostStopping, static isPermanent => !isPermanent);
        _first = Lifecycle.History.Last;
    }

    public ConnectionLifecycle Lifecycle { get; }

    public static SessionEnd EndOf(int variant) => (variant % 4) switch
    {
        0 => SessionEnd.HandlerStopped,
        1 => SessionEnd.HandlerFailed("HandleIn", new InvalidOperationException(), LateHandlerErrorBehavior.Stop),
        2 => SessionEnd.Lost("It broke.", null),
        _ => SessionEnd.Lost("It broke.", null) with { After = TimeSpan.FromSeconds(1) },
    };

    /// <summary>What follows, in words; the numbers of items are those that the step was given.</summary>
    public string Do(Step step, int item = -1)
    {
        var session = _sessions[step.Session];
        try
        {
            return step.Kind switch
            {
                StepKind.StandBy => Describe(Lifecycle.StandBy("Another owner has the lease.")),
                StepKind.Yield => Describe(Lifecycle.Yield(step.Variant % 2 == 0 ? SessionEnd.LeaseLost("Over.") : SessionEnd.LeaseYielded("Late.", TimeSpan.FromSeconds(1), 1))),
                StepKind.Start => Describe(Lifecycle.Start()),
                StepKind.BeginAttempt => Describe(Lifecycle.BeginAttempt("Attempt 1 is in progress.", 1)),
                StepKind.FailAttempt => Describe(Lifecycle.FailAttempt("Refused.", isRefused: (step.Variant % 4) switch { 0 => null, 1 => true, _ => false })),
                StepKind.Open => Describe(Lifecycle.Open(session, "Open.")),
                StepKind.Detach => Describe(Lifecycle.Detach(session, _candidates[step.Session])),
                StepKind.Prepare => Describe(Lifecycle.Prepare(session, _candidates[step.Session])),
                StepKind.RefuseCandidate => Describe(Lifecycle.RefuseCandidate(session, _candidates[step.Session])),
                StepKind.TakeCandidate => Lifecycle.Adopt() is null ? "nothing" : "candidate",
                StepKind.HandlerConnected => Describe(Lifecycle.HandlerConnected(session, holds: false)),
                StepKind.HandlerHeld => Describe(Lifecycle.HandlerConnected(session, holds: true)),
                StepKind.Release => Describe(Lifecycle.Release(session)),
                StepKind.FramesWritten => Describe(Lifecycle.FramesWritten(session)),
                StepKind.ReadyTimeout => Describe(Lifecycle.EndUnlessReady(session, EndOf(2))),
                StepKind.Drain => Describe(Lifecycle.Drain(session, EndOf(LifecycleModel.DrainOf(step.Variant)))),
                StepKind.BeginClosing => Describe(Lifecycle.BeginClosing(session, EndOf(step.Variant))),
                StepKind.HoldClose => Describe(Lifecycle.HoldClose(session)),
                StepKind.ReleaseClose => Describe(Lifecycle.ReleaseClose(session)),
                StepKind.End => Describe(Lifecycle.End(session, EndOf(step.Variant))),
                StepKind.Abandon => Describe(Lifecycle.Abandon(session)),
                StepKind.Logged => Describe(Lifecycle.Logged(session)),
                StepKind.Leave => Describe(Lifecycle.Leave(session, ConnectionFailure.Stopped)),
                StepKind.RequestReconnect => Describe(Lifecycle.RequestReconnect(SessionEnd.Requested("Wanted.") with { After = EndOf(step.Variant).After })),
                StepKind.RequestLife => Describe(Lifecycle.RequestLife(SessionEnd.Requested("Changed."))),
                StepKind.RenewInterruption => Lifecycle.RenewInterruption(out _, out _).IsCancellationRequested ? "cancelled" : "nothing",
                StepKind.RequestStop => Describe(Lifecycle.RequestStop(step.Variant % 2 == 0 ? SessionEnd.SupervisorStopping : SessionEnd.HandlerStopped)),
                StepKind.Stop => Describe(Lifecycle.Stop(EndOf(0))),
                StepKind.Fault => Describe(Lifecycle.Fault("It failed.", null)),
                StepKind.EndLife => Describe(Lifecycle.EndLife()),
                StepKind.BeginLife => Describe(Lifecycle.BeginLife()),
                StepKind.Initialized => Describe(Lifecycle.Initialized()),
                StepKind.Revive => Describe(Lifecycle.Revive()),
                StepKind.EndLives => EndLives(),
                StepKind.Finish => Describe(Lifecycle.Finish("Stopped.")),
                StepKind.Retire => Describe(Lifecycle.Retire()),
                StepKind.Submit => Submit(item < 0 ? _items++ : item, step.Variant % 2 == 0, step.Variant % 4 > 1),
                _ => Take(),
            };
        }
        catch (InvalidOperationException illegal)
        {
            Assert.Contains("cannot take", illegal.Message, StringComparison.Ordinal);
            return "illegal";
        }
    }

    /// <summary>Where everything stands.</summary>
    public string Describe(int opened)
    {
        var states = new List<LateConnectionState>();
        for (var change = _first.Next; change is not null; change = change.Next)
        {
            states.Add(change.Status.State);
        }

        return $"{Lifecycle.Life} {Lifecycle.Phase} {(Lifecycle.Session as TestSession)?.Index} {string.Join(",", _sessions.Take(opened).Select(static session => session.Phase))} " +
            $"{string.Join(",", states)} refused {Lifecycle.IsRefused} stop {Lifecycle.StopEnd.Reason} work {_work.Count}";
    }

    private static string Describe(in Effects effects)
    {
        effects.Interrupted?.Cancel();
        return string.Join(" ", Words(effects).Where(static word => word.Length > 0));
    }

    private static string[] Words(in Effects effects) =>
    [
        effects.HasHappened ? "happened" : "nothing",
        effects.Left is TestSession left ? $"left:{left.Index}" : "",
        effects.PublishesStatus ? "state" : "",
        Numbers("refused:", effects.Refused),
        Numbers("accepted:", effects.Accepted),
        effects.LoggedFault is null ? "" : "fault",
        effects.LoggedReady is null ? "" : "ready",
        effects.LoggedOpen is null ? "" : "open",
        effects.LoggedEnd is TestSession loggedEnd ? $"end:{loggedEnd.Index}" : "",
        effects.Interrupted is null ? "" : "interrupted",
        effects.Discarded is null ? "" : "discarded",
        effects.LoggedDeferred is null ? "" : "deferred",
    ];

    private static string Numbers(string what, IReadOnlyList<MailboxItem>? items) =>
        items is { Count: > 0 } ? what + string.Join(",", items.Select(static item => ((TestWork)item).Number)) : "";

    private string EndLives()
    {
        Lifecycle.EndLives();
        return "nothing";
    }

    private string Submit(int number, bool waits, bool stays)
    {
        var item = new TestWork(number) { WhenNotReady = waits ? LateWhenNotReady.Wait : LateWhenNotReady.Fail, WaitsWhenLost = stays };
        using (Lifecycle.Gate.Enter())
        {
            return _work.Submit(item, Lifecycle.Admission).ToString();
        }
    }

    private string Take()
    {
        using (Lifecycle.Gate.Enter())
        {
            return _work.TryTake(long.MaxValue, Lifecycle.Admission, out var accepted) is TestWork work
                ? $"took:{work.Number} {Numbers("accepted:", accepted)}".TrimEnd()
                : "nothing";
        }
    }
}
