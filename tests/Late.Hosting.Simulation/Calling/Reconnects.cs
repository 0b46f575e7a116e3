using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>Asks for new sessions, and holds what follows against the promises.</summary>
internal sealed class Reconnects(Subject subject, ILateClient<SimulationHandler> client)
{
    /// <summary>Asks for one, as the world chooses.</summary>
    public void Act() => Act(subject.Requests.Draw(isInSession: true));

    /// <summary>Asks for one.</summary>
    /// <param name="request">What is asked for; null for nothing but a reason.</param>
    public void Act(SessionRequest? request)
    {
        // While InitAsync runs, the first attempt is still to come: it is the session that is asked for.
        var life = subject.Life;
        var hasBegun = subject.Statuses.HasStarted || life.Running == "Init" || (life.IsInitialized && !life.IsTerminated);
        var state = client.State;
        subject.Trace.Write($"a new session is asked for");
        var asking = Guarded(() => request is null ? client.ReconnectAsync("an operator's request") : client.ReconnectAsync(request.Request));
        var error = asking.Exception?.InnerException;
        subject.Verdict.Require(asking.IsCompleted, "P5", $"ReconnectAsync waits");
        if (error is null)
        {
            subject.Lives.OnRequested(request?.Request.After);
            subject.Requests.OnAccepted(request, state);
            if (request?.Drains == true && subject.World.Chances.Switches.Chance(50))
            {
                // Before it is carried out.
                subject.Time.After(subject.World.Chances.Switches.Time(1, (int)subject.Options.CallTimeout.TotalMilliseconds), subject.World.Chances.Switches.Chance(50) ? Act : () => Act(null));
            }
        }
        else if (request is not null)
        {
            request.HasFailed = true;
        }

        var isFaulted = state == LateConnectionState.Faulted;
        subject.Verdict.Require(
            !isFaulted || subject.Plan.IsSupervised || subject.IsStopping || subject.World.IsAskedToStop || error is null, "P15", $"ReconnectAsync begins no new life: {error?.GetType().Name}");
        var isRefused = state == LateConnectionState.Stopping || (isFaulted && subject.Plan.IsSupervised) || state == LateConnectionState.Stopped || (state == LateConnectionState.NotStarted && !hasBegun);
        subject.Verdict.Require(!isRefused || error is LateException, "P15", $"ReconnectAsync did not fail while {state}");
    }

    /// <summary>Asks for a new session, or loses the one that there is, while a thread still does what it does at this moment.</summary>
    /// <param name="later">How many others come first.</param>
    public async Task HastenAsync(int later)
    {
        for (; later > 0; later--)
        {
            await Task.Yield();
        }

        if (subject.World.Chances.Switches.Chance(50))
        {
            Act();
        }
        else
        {
            subject.Session?.Break();
        }
    }

    /// <summary>What a call returns; a failed task where it throws, as it does for a token that is canceled already.</summary>
    public static Task Guarded(Func<Task> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }
}
