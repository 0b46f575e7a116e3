using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Connection.Topics;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Runs a handler's callbacks in a session: decides what is handled next, when frames are written, and when the thread is left to
/// others.
/// </summary>
internal sealed class Runner(ConnectionContext connection, RunningCallback callback, ResultWriter results, HandlerParts handler)
{
    private readonly Mailbox _mailbox = connection.Mailbox;
    private readonly ReaderWakeUps _wakeUps = connection.Topics.WakeUps;

    /// <summary>The handler.</summary>
    public ILateHandler Handler => handler.Handler;

    /// <summary>Where the results of its callbacks go.</summary>
    public IHandlerState State => handler.State;

    /// <summary>The callbacks of its life.</summary>
    public ILifeCallbacks Life => handler.Life;

    /// <summary>Applies the results of its callbacks to the session.</summary>
    public ResultWriter Results => results;

    /// <summary>The callback that runs.</summary>
    public RunningCallback Callback => callback;

    /// <summary>Runs callbacks while there is no session.</summary>
    public Vacancy Vacancy => field ??= new Vacancy(connection, this, results);

    /// <summary>The session whose callbacks run, or did last.</summary>
    public Session Session { get; private set; } = null!;

    /// <summary>Makes the runner of a handler.</summary>
    public static Runner Open(ILateHandler handler, ConnectionContext connection) => handler.Open(new RunnerOpener(connection));

    /// <summary>Runs a session's callbacks until it ends, on a thread of its own.</summary>
    public async Task RunAsync(Session session)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await Vacancy.EndAsync().ConfigureAwait(false);
        if (session.IsAbandoned)
        {
            return;
        }

        if (Vacancy.Restart is { } restart)
        {
            session.End(restart);
        }

        // What was admitted without a session is due.
        _mailbox.Interrupt();
        Session = session;
        results.Open(session);
        handler.Frames.Open(session);
        if (await Life.ConnectAsync(session).ConfigureAwait(false) is { } error)
        {
            EndLife(error);
            return;
        }

        session.Switch?.BeginDeferred();
        callback.Watch.MeasureNext();
        FrameBatch? frames = null;
        try
        {
            var burst = default(Burst);
            long? gap = null;
            while (!session.IsSilent || await StaysOpenAsync(session).ConfigureAwait(false))
            {
                if (session.Ending is not null)
                {
                    // Our close frame does not wait for what is still to be handled.
                    session.LastFrames.Begin();
                }

                if (session.Output.SendDue())
                {
                    await results.FlushAsync().ConfigureAwait(false);
                }

                // Promise P16: between two frames exactly that runs which is due when the gap begins. What is due later waits for a frame.
                gap ??= _mailbox.HasDue && !session.IsLeaving ? _mailbox.BeginGap() : null;
                if (gap is { } admitted && !session.IsLeaving && _mailbox.TryTakeDue(admitted, out var item))
                {
                    callback.Begin(item.CallbackName);
                    _wakeUps.BeginBurst();
                    try
                    {
                        await item.HandleAsync(this).ConfigureAwait(false);
                    }
                    catch (Exception exception)
                    {
                        OnError(exception, item);
                    }
                    finally
                    {
                        _wakeUps.EndBurst();
                        await results.EndAsync(callback).ConfigureAwait(false);
                    }

                    burst.AddItem();
                }
                else if (frames is not null || _mailbox.TryTakeReceived(out frames))
                {
                    if (gap is not null && session.Output.IsFlushLate)
                    {
                        // A callback that blocks its thread does not keep back what was sent in the gap before it.
                        await results.FlushAsync().ConfigureAwait(false);
                    }

                    gap = null;
                    callback.BeginFrames();
                    _wakeUps.BeginBurst();
                    try
                    {
                        await handler.Frames.HandleAsync(frames).ConfigureAwait(false);
                    }
                    catch (Exception exception)
                    {
                        OnError(exception, null);
                    }
                    finally
                    {
                        _wakeUps.EndBurst();
                        await results.EndAsync(callback).ConfigureAwait(false);
                        frames.Close();
                    }

                    if (!frames.HasNext)
                    {
                        _mailbox.Return(frames);
                        frames = null;
                        burst.AddRead();
                        session.Drain.OnRead();
                    }
                }
                else if (gap is not null)
                {
                    // No frame keeps the next gap back.
                    gap = null;
                }
                else if (session.Output.HasUnflushed)
                {
                    await results.FlushAsync().ConfigureAwait(false);
                }
                else if (session.Ending is not null)
                {
                    if (!await session.LastFrames.WaitAsync().ConfigureAwait(false))
                    {
                        return;
                    }
                }
                else
                {
                    session.Drain.OnIdle();
                    callback.Watch.MeasureNext();
                    burst.Rest();
                    await _mailbox.WaitAsync().ConfigureAwait(false);
                }

                // One flush for a burst; but what was sent does not wait for the end of a burst without end.
                if (results.HasToFlush || (burst.IsLong && session.Output.HasUnflushed))
                {
                    burst.Flush();
                    await results.FlushAsync().ConfigureAwait(false);
                }

                if (session.Output.IsFull)
                {
                    await WaitForRoomAsync(session).ConfigureAwait(false);
                }

                if (burst.TakeRest())
                {
                    // A connection that never runs out of work leaves the thread to others in between.
                    await Task.Yield();
                }
            }
        }
        finally
        {
            if (frames is not null)
            {
                session.CountNotHandled(frames.Remaining);
                _mailbox.Return(frames);
            }
        }
    }

    /// <summary>No more frames are handled: the session has ended, or a close of ours begins with a goodbye.</summary>
    /// <returns>True where the handler keeps it open for the frames that still come.</returns>
    private async ValueTask<bool> StaysOpenAsync(Session session)
    {
        if (session.Ending is not null)
        {
            // It may have ended a moment ago, and its last frames are handled.
            return !session.IsSilent;
        }

        if (!session.Goodbye.HasBegun)
        {
            await Life.CloseAsync(session).ConfigureAwait(false);
            if (!session.IsSilent)
            {
                return true;
            }
        }

        // Its frames leave with the close frame, in the time of the close.
        session.Goodbye.End();
        return !session.IsSilent;
    }

    /// <summary>More frames wait for the send limit than may: the handler gets nothing more to do until one has left (promise P8).</summary>
    private async ValueTask WaitForRoomAsync(Session session)
    {
        while (session.Output.IsFull && session.Ending is null && !session.IsSilent)
        {
            session.Output.SendDue();
            await results.FlushAsync().ConfigureAwait(false);
            if (session.Output.IsFull)
            {
                await _mailbox.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reports what a callback has thrown.</summary>
    /// <returns>
    /// The end that follows from it; null where nothing does: the callback was canceled, its sender was notified or is a call's that has gone,
    /// or the handler continues.
    /// </returns>
    public SessionEnd? Report(Exception exception, MailboxItem? item)
    {
        var name = callback.Name ?? "A callback";
        if (callback.Token.IsCancellationRequested && exception is OperationCanceledException)
        {
            // A call is failed with the others, when the session is closed.
            connection.Log.CallbackCanceled(connection.Name, name);
            return null;
        }

        if (item?.TryFail(exception) == true)
        {
            return null;
        }

        callback.Watch.Failed(exception);
        connection.Errors.CallbackThrew(name, exception);
        if (item is { IsCall: true })
        {
            // The exception was for the caller, which has its answer.
            return null;
        }

        var policy = connection.Options.HandlerErrors;
        return policy == LateHandlerErrorBehavior.Continue ? null : SessionEnd.HandlerFailed(name, exception, policy);
    }

    /// <summary>An error ends the life, where the options want that: also where the session ends already, and its reason stays.</summary>
    private void EndLife(SessionEnd error)
    {
        if (error.Restart)
        {
            Vacancy.EndLife(error);
        }
    }

    private void OnError(Exception exception, MailboxItem? item)
    {
        if (Report(exception, item) is not { } end)
        {
            return;
        }

        EndLife(end);
        Session.EndByHandler(end);
    }
}
