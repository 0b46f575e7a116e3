namespace Late.Hosting.Mutations.Table;

/// <summary>What runs callbacks, and what is done about their results.</summary>
internal static class Callbacks
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("state-of-a-result-that-cannot-be-applied", "P2: a result is applied whole or not at all", Finder.Simulation,
            new Edit("HandlerState.cs", "if (!result.IsPlain) { results.Write(", "Current = result.State; if (!result.IsPlain) { results.Write(")),
        new("call-whose-callback-throws-waits", "P2: from a call the exception goes to the caller", Finder.Simulation,
            new Edit("Runner.cs", "if (item?.TryFail(exception) == true) { return null; }", "")),
        new("restart-is-continue", "P2: HandlerErrors = Restart", Finder.Simulation,
            new Edit("Runner.cs", "policy == LateHandlerErrorBehavior.Continue ? null", "policy != LateHandlerErrorBehavior.Stop ? null")),
        new("error-while-a-session-ends-begins-no-life", "P2: HandlerErrors = Restart, also where the session ends already", Finder.Tests("*HandlerErrorAtEndTests"),
            new Edit("Runner.cs", "EndLife(end); Session.EndByHandler(end);", "Session.EndByHandler(end);")),
        new("same-handler-is-initialized-again", "P3: a life has one handler, which terminates", Finder.Simulation,
            new Edit("LifeRun.cs", "_fault = life.TryMakeNext();", "_fault = null;")),
        new("posts-outlive-their-handler", "P4: what was posted to a life ends with it", Finder.Tests("*HandlerErrorLeftoverTests"),
            new Edit("LifeTransitions.cs", "Refused = Work.RemoveAdmitted(),", "")),
        new("next-life-does-not-wait-for-HandleTerminate", "P1: no callback runs concurrently with one that is abandoned", Finder.Tests("*HandlerErrorLifeTests"),
            new Edit("LifeRun.cs", "await Parts.Ended.WaitAsync(stopping).ConfigureAwait(false);", "")),
        new("burst-is-not-flushed", "P4: frames leave when there is nothing else to do", Finder.Simulation,
            new Edit("Runner.cs", "else if (session.Output.HasUnflushed) {", "else if (session.Output.HasUnflushed && session.Ending is not null) {")),
        new("ended-session-continues", "P3: no callback begins behind the end of a session", Finder.Simulation,
            new Edit("Runner.cs", "while (!session.IsSilent || await StaysOpenAsync(session).ConfigureAwait(false))", "while (true)"),
            new Edit("FrameLoop.cs", "while (!session.IsSilent && frames.TryOpenNext(out var frame))", "while (frames.TryOpenNext(out var frame))")),
        new("services-stay-for-the-next-frame", "P3: the scope of a callback ends before the next begins", Finder.Tests("*CallbackServicesTests"),
            new Edit("FrameLoop.cs", "if (mailbox.HasDue || scope.HasServices)", "if (mailbox.HasDue)")),
        new("services-end-after-the-next-callback-begins", "P3: the scope of a callback ends before the next begins", Finder.Tests("*CallbackServicesTests"),
            new Edit("RunningCallback.cs", "if (_scope.End() is { } services) { return DisposeAsync(services); }", "if (_scope.End() is { } services) { _ = DisposeAsync(services); return default; }")),
        new("goodbye-waits-for-the-disposal", "P18: a goodbye leaves first", Finder.Tests("*CallbackServicesDisposalTests"),
            new Edit("LifeCallbacks.cs", "callback.BeginBlock(\"HandleClosing\", results)", "callback.BeginBlock(\"HandleClosing\")")),
        new("services-begin-in-a-callback-that-has-ended", "P3: the scope of a callback ends before the next begins", Finder.Tests("*CallbackServicesLeftWorkTests"),
            new Edit("CallbackScope.cs", "Interlocked.CompareExchange(ref _services, s_ended, null) as IServiceScope;", "_services as IServiceScope;")),
        new("hold-is-ignored", "P7: HoldCalls", Finder.Simulation,
            new Edit("ResultWriter.cs", "_holds = actions is { Hold: true, Release: false };", "")),
        new("ready-before-the-frames-are-written", "P7: ready is later than the frames of HandleConnect", Finder.Simulation,
            new Edit("ResultWriter.cs",
                "var flushing = _session.Output.FlushAsync(); return _session.IsReleasing ? ReleaseAsync(flushing) : flushing;",
                "var flushing = _session.IsReleasing ? ReleaseAsync(default) : default; return flushing.IsCompleted ? _session.Output.FlushAsync() : flushing;")),
    ];
}
