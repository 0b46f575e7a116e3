namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// Does what an event of the lifecycle leaves to do: the one place from which refused callers, watchers, logs and tokens are
/// reached, and never under a lock.
/// </summary>
internal sealed class EffectRunner(ConnectionContext connection)
{
    /// <summary>Does all of it, in the order in which others may rely on it.</summary>
    /// <returns>Whether the event has changed anything.</returns>
    public bool Run(in Effects effects)
    {
        if (effects.EndsStart)
        {
            connection.StartWatch.End();
        }

        if (effects.EndsLife)
        {
            connection.LifePosts.EndLife();
        }

        effects.Left?.OnLeft();
        if (effects.LoggedFault is { } fault)
        {
            // Before callers and watchers are notified: what ends the life is in the log by then.
            LogFault(fault.Reason, fault.Exception);
        }

        if (effects.PublishesStatus)
        {
            connection.Watchers.Publish();
        }

        if (effects.HasHappened)
        {
            connection.Listener.OnChanged();
        }

        // Before the log, which may take its time: work that will not be handled fails immediately.
        Answer(effects);
        Log(effects);
        Canceled(effects.Left?.CancelLeftAsync());
        Canceled(effects.Interrupted?.CancelAsync());
        Discard(effects.Discarded);
        if (effects.HasHappened && connection.Lifecycle.IsOver)
        {
            Canceled(connection.Over?.CancelAsync());
        }

        if (effects.Wakes)
        {
            connection.Mailbox.Wake();
        }

        return effects.HasHappened;
    }

    // While a close of ours is in progress, its reason is known.
    private static SessionEnd? EndOf(SessionLife? session) => session?.Ending ?? session?.PendingEnd;

    private void Answer(in Effects effects)
    {
        if (effects.Refused is { Count: > 0 } refused)
        {
            var failure = effects.Failure!.With(connection.Lifecycle.Report(refused.Count(static item => item.IsCall)));
            foreach (var item in refused)
            {
                item.Refuse(failure);
            }
        }

        foreach (var item in effects.Accepted ?? [])
        {
            item.Accept();
        }
    }

    private void Log(in Effects effects)
    {
        if (EndOf(effects.Left) is { IsExpected: false } end)
        {
            connection.Statistics.AddError(end.Description);
        }

        if (effects.LoggedRequest is { } reason)
        {
            connection.Log.ReconnectRequested(connection.Name, reason);
        }

        if (effects.LoggedDeferred is { } request)
        {
            connection.Log.RequestDeferred(connection.Name, LateException.WithoutName(connection.Name, request));
        }

        if (effects.LoggedAdded is { } added)
        {
            connection.Log.RequestAdded(connection.Name, LateException.WithoutName(connection.Name, added));
        }

        if (effects.LoggedOpen is { } opened)
        {
            connection.Log.Connected(connection.Name, connection.Lifecycle.Current.Attempt);
            LogEnd(connection.Lifecycle.Logged(opened).LoggedEnd);
        }

        if (effects.LoggedReady is { } ready)
        {
            connection.Log.Ready(connection.Name, ready.Number);
            LogEnd(connection.Lifecycle.Logged(ready).LoggedEnd);
        }

        LogEnd(effects.LoggedEnd);
    }

    /// <summary>Ends a connection that was to become a session, or the attempt to make it.</summary>
    public void Discard(Candidate? candidate)
    {
        Canceled(candidate?.DiscardAsync());
        if (candidate is { HasMessage: true } && connection.Lifecycle.Life is not (LifePhase.Stopping or LifePhase.Stopped))
        {
            connection.Log.NextConnectionDropped(connection.Name);
        }
    }

    /// <summary>What listens to a token is the application's code: it runs on another thread, and what it throws is logged.</summary>
    public void Canceled(Task? canceling) => canceling?.ContinueWith(
        failed => connection.Errors.CallbackThrew("A canceled token's callback", failed.Exception!),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);

    private void LogFault(string reason, Exception? exception)
    {
        // What Init threw has seen no frame, so that its message may be logged.
        var isLoggable = exception is null || exception == connection.Lifecycle.InitFailure;
        var advice = connection.Lifecycle.Current is { IsRestarting: false } fault
            ? ConnectionFailure.Advice(fault, connection.Lifecycle.MayRevive)
            : "A new life begins after a delay (OnFault = Restart).";
        connection.Errors.Faulted(reason, advice, isLoggable ? exception : connection.Errors.Loggable(exception!));
    }

    private void LogEnd(SessionLife? session)
    {
        if (EndOf(session) is not { } end)
        {
            return;
        }

        if (end.IsExpected)
        {
            connection.Log.SessionEnded(connection.Name, LateException.WithoutName(connection.Name, end.Description));
        }
        else
        {
            connection.Log.SessionLost(connection.Name, LateException.WithoutName(connection.Name, end.Description));
        }
    }
}
