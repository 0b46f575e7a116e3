using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What posts come to, in a session and without one.</summary>
internal sealed class NoteActs(Subject subject, Acts acts, CallActs calls, Func<LateContext> context)
{
    private readonly FreeActs _free = new(subject, acts);

    /// <summary>A post that runs with or without a session.</summary>
    public ValueTask<LateResult<long>> HandleFreeAsync(long state, Action onBegun, CancellationToken cancellationToken)
    {
        var (isInSession, session) = (subject.Life.IsConnected, context().Session);
        subject.Verdict.Require(session is not null == isInSession, "P1", $"a post runs {(isInSession ? "in" : "without")} a session, and its context has session {session}");
        return isInSession ? HandleAsync(state, onBegun, cancellationToken) : _free.HandleAsync(state, Begin, cancellationToken);

        void Begin()
        {
            onBegun();
            calls.Entries.ActWithoutSession(context());
        }
    }

    /// <summary>A post that runs in a session.</summary>
    public async ValueTask<LateResult<long>> HandleAsync(long state, Action onBegun, CancellationToken cancellationToken)
    {
        subject.Life.Enter("Info", state);
        try
        {
            onBegun();
            calls.Answers.ReplyToOne();
            calls.Entries.Act(context());
            return acts.Conclude("Info", await acts.TakeTimeAsync("Info", cancellationToken));
        }
        finally
        {
            subject.Life.Leave();
        }
    }
}
