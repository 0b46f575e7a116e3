using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Sessions;

/// <summary>Lets the handler of a session finish what it has been given, before the session closes.</summary>
internal sealed class SessionDrain(Session session, ConnectionContext connection) : IDisposable
{
    private ITimer? _clock;
    private bool _areOwedReadsKnown;
    private int _owedReads;

    private bool IsDone => session.PendingEnd is not null && !session.IsLeaving && session.Calls.IsEmpty && !session.Output.HasWaiting;

    /// <summary>
    /// Closes the session when the handler has handled what it has been given and replied to its calls, or after
    /// <see cref="LateConnectionOptions.CallTimeout"/>. Until then it takes no more work from outside.
    /// </summary>
    /// <returns>False where it has ended already.</returns>
    public bool Begin(SessionEnd end)
    {
        var hasBegun = connection.Effects.Run(connection.Lifecycle.Drain(session, end));
        Limit();
        return hasBegun || session.Ending is null;
    }

    /// <summary>Limits how long a session waits that is to end, where it waits for anything.</summary>
    public void Limit()
    {
        if (_clock is not null || session.PendingEnd is null || session.IsLeaving)
        {
            return;
        }

        var clock = _clock = connection.Time.CreateTimer(static drain => ((SessionDrain)drain!).Close(), this, connection.Options.CallTimeout, Timeout.InfiniteTimeSpan);
        if (session.Ending is not null)
        {
            // It may have been disposed before the clock was there.
            clock.Dispose();
        }
    }

    /// <summary>Nothing was left in the mailbox: the session closes, where no call waits for its reply.</summary>
    public void OnIdle()
    {
        // In this order: what the handler is due by the end of the last call was in the mailbox before that end was known.
        if (IsDone && connection.Mailbox is { HasDue: false, HasReceived: false })
        {
            Close();
        }
    }

    /// <summary>
    /// All frames of a read are handled. Those received by the end of the last call are still handled, and what they have posted;
    /// those that keep coming do not delay the close (promise P16).
    /// </summary>
    public void OnRead()
    {
        if (!IsDone)
        {
            return;
        }

        if (!_areOwedReadsKnown)
        {
            _areOwedReadsKnown = true;
            _owedReads = connection.Mailbox.ReceivedCount;
        }
        else if (--_owedReads < 0)
        {
            Close();
        }
    }

    /// <summary>The handler is about to see a call with a caller: it may have waited in the mailbox when the reads were counted. For the runner.</summary>
    public void OnCallBegun() => _areOwedReadsKnown = false;

    /// <summary>A call of the handler's has ended: the session may have waited for it.</summary>
    public void OnCallEnded()
    {
        if (session.PendingEnd is not null)
        {
            connection.Mailbox.Wake();
        }
    }

    public void Dispose() => _clock?.Dispose();

    private void Close() => connection.Effects.Run(connection.Lifecycle.EndDrain(session));
}
