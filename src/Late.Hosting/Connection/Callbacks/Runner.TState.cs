using System.Diagnostics;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>Owns the handler's state: takes from the mailbox, calls the handler, applies the result.</summary>
internal sealed class Runner<TState>(ILateHandler<TState> handler, ConnectionContext connection) : Runner(connection)
{
    private const int MostItemsPerFlush = 64;

    // The thread is left to others after so many items, or reads of up to 64 KiB.
    private const int MostStepsInRow = 256;
    private const int StepsOfRead = 16;

    private readonly CallbackWatch _watch = new(connection.Telemetry);
    private CallbackScope _scope = new(connection);
    private bool _isHeld;
    private bool _tracesFrames;
    private bool _releases;

    public override object Handler => handler;

    public override Type StateType => typeof(TState);

    /// <summary>The state after the last callback that did not throw.</summary>
    public TState State { get; private set; } = default!;

    /// <summary>The callback that an item has begun.</summary>
    public ValueTask<LateResult<TState>> Pending { get; set; }

    public override async Task InitAsync(CancellationToken cancellationToken)
    {
        using var running = Enter("InitAsync");
        State = await handler.InitAsync(new LateContext(Connection.Name, Connection.Options, Connection.Time), cancellationToken).ConfigureAwait(false);
        IsInitialized = true;
    }

    public override async Task<ResultActions?> DisconnectAsync(LateDisconnect disconnect)
    {
        using var running = Enter("HandleDisconnectAsync");
        var span = Connection.Telemetry.StartSessionEvent("HandleDisconnect", Session, isPartOfAttempt: false);
        using var block = Spans.EndWith(span);
        span?.AddTag(LateTelemetry.SessionEndTag, TagValue.Of(disconnect.Reason)).AddTag("late.session.close_code", disconnect.CloseCode);
        try
        {
            var result = await handler.HandleDisconnectAsync(disconnect, State, CallbackToken).ConfigureAwait(false);
            if (result.Frame.Kind != default || result.Frames is { Count: > 0 })
            {
                throw new MisuseException("HandleDisconnectAsync returned frames, and there is no session that they could go to. Send them from HandleConnectAsync.");
            }

            State = result.State;
            return result.Actions;
        }
        catch (Exception exception)
        {
            span?.SetFailed(exception.GetType().FullName!);
            Connection.NoteThrown("HandleDisconnectAsync", exception);
            return null;
        }
    }

    public override async Task TerminateAsync(LateTerminateReason reason, CancellationToken cancellationToken)
    {
        using var running = Enter("HandleTerminateAsync");
        try
        {
            await handler.HandleTerminateAsync(reason, State, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Connection.NoteThrown("HandleTerminateAsync", exception);
        }
    }

    public override async Task RunAsync(Session session)
    {
        (Session, _isHeld, _releases) = (session, false, false);
        _tracesFrames = Connection.Options.TraceFrames;
        if (!await TryConnectAsync(session).ConfigureAwait(false))
        {
            return;
        }

        _watch.MeasureNext();
        ReceivedFrames? frames = null;
        try
        {
            CallbackScope? frameScope = null;
            long? gap = null;
            var unflushedItems = 0;
            var stepsInRow = 0;
            while (!session.IsOver)
            {
                if (session.Output.SendDue())
                {
                    await FlushAsync(session).ConfigureAwait(false);
                }

                // Promise P16: between two frames exactly that runs which is due when the gap begins. What is due later waits for a frame.
                gap ??= Connection.Mailbox.HasDue ? Connection.Mailbox.BeginGap() : null;
                if (gap is { } admitted && Connection.Mailbox.TryTakeDue(admitted, out var item))
                {
                    _scope = CallbackScope.Begin(Connection);
                    await HandleAsync(session, item).ConfigureAwait(false);
                    unflushedItems++;
                    stepsInRow++;
                }
                else if (frames is not null || Connection.Mailbox.TryTakeReceived(out frames))
                {
                    if (gap is not null && session.Output.IsFlushLate)
                    {
                        // A callback that blocks its thread does not keep back what was sent in the gap before it.
                        await FlushAsync(session).ConfigureAwait(false);
                    }

                    gap = null;
                    frameScope = _scope = CallbackScope.Continue(Connection, frameScope);
                    BeginCallback("HandleInAsync");
                    var step = HandleFrames(session, frames, out var pending);
                    if (step == FrameStep.Awaits)
                    {
                        await AwaitAsync(session, pending, null).ConfigureAwait(false);
                        frameScope = null;
                    }
                    else
                    {
                        _watch.Forget();
                        EndCallback();
                    }

                    frames.CloseLast();
                    if (!frames.HasNext)
                    {
                        Connection.Mailbox.Return(frames);
                        frames = null;
                        unflushedItems = MostItemsPerFlush;
                        stepsInRow += StepsOfRead;
                    }
                }
                else if (gap is null)
                {
                    if (session.Output.HasUnflushed)
                    {
                        await FlushAsync(session).ConfigureAwait(false);
                    }
                    else if (session.Ending is not null)
                    {
                        return;
                    }
                    else
                    {
                        session.OnIdle();
                        _watch.MeasureNext();
                        stepsInRow = 0;
                        await Connection.Mailbox.WaitAsync().ConfigureAwait(false);
                    }
                }
                else
                {
                    // No frame keeps the next gap back.
                    gap = null;
                }

                // One flush for a burst; but what was sent does not wait for the end of a burst without end.
                if (_releases || session.Output.ShouldFlush || (unflushedItems >= MostItemsPerFlush && session.Output.HasUnflushed))
                {
                    unflushedItems = 0;
                    await FlushAsync(session).ConfigureAwait(false);
                }

                if (session.Output.IsFull)
                {
                    await WaitForRoomAsync(session).ConfigureAwait(false);
                }

                if (stepsInRow >= MostStepsInRow)
                {
                    // A connection that never runs out of work leaves the thread to others in between.
                    stepsInRow = 0;
                    await Task.Yield();
                }
            }
        }
        finally
        {
            if (frames is not null)
            {
                Connection.Mailbox.Return(frames);
            }
        }
    }

    private async Task<bool> TryConnectAsync(Session session)
    {
        using var running = Enter("HandleConnectAsync");
        var span = Connection.Telemetry.StartSessionEvent("HandleConnect", session, isPartOfAttempt: true);
        using var block = Spans.EndWith(span);
        try
        {
            var result = await handler.HandleConnectAsync(session.Handshake, State, session.Ended).ConfigureAwait(false);
            Apply(session, result, mayHold: true);
        }
        catch (Exception exception)
        {
            if (session.Ending is null || exception is not OperationCanceledException)
            {
                Connection.NoteThrown("HandleConnectAsync", exception);
            }

            span?.SetFailed(exception.GetType().FullName!);
            session.End(SessionEnd.HandlerFailed("HandleConnectAsync", exception, Connection.Options.HandlerErrors));
            return false;
        }

        _releases |= !_isHeld;
        session.Output.EndConnect();
        await FlushAsync(session).ConfigureAwait(false);
        return true;
    }

    /// <summary>Writes what results have left to write, and makes the session ready where one of them said so.</summary>
    private ValueTask FlushAsync(Session session)
    {
        var flushing = session.Output.FlushAsync();
        return _releases ? ReleaseAsync(session, flushing) : flushing;
    }

    private async ValueTask ReleaseAsync(Session session, ValueTask flushing)
    {
        await flushing.ConfigureAwait(false);
        if (session.Output.IsConnecting)
        {
            return;
        }

        (_releases, _isHeld) = (false, false);
        session.BecomeReady();
    }

    /// <summary>More frames wait for the send limit than may: the handler gets nothing more to do until one has left (promise P8).</summary>
    private async ValueTask WaitForRoomAsync(Session session)
    {
        while (session.Output.IsFull && session.Ending is null)
        {
            session.Output.SendDue();
            await FlushAsync(session).ConfigureAwait(false);
            if (session.Output.IsFull)
            {
                await Connection.Mailbox.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Handles frames as long as their callbacks complete synchronously and nothing else is due, in one loop without a wait:
    /// what it does for each is what receiving costs.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="frames">Where the frames are.</param>
    /// <param name="pending">For <see cref="FrameStep.Awaits"/> what must be awaited.</param>
    private FrameStep HandleFrames(Session session, ReceivedFrames frames, out ValueTask<LateResult<TState>> pending)
    {
        pending = default;
        var token = CallbackToken;
        var mailbox = Connection.Mailbox;
        var traces = _tracesFrames && Spans.Source.HasListeners();
        try
        {
            while (!session.IsOver && frames.TryNext(out var frame))
            {
                CallbackNumber++;
                if (traces)
                {
                    _watch.Trace(Connection.Telemetry.StartFrame(session, frame));
                }

                var callback = handler.HandleInAsync(frame, State, token);
                if (!callback.IsCompletedSuccessfully)
                {
                    _watch.MeasureRest();
                    pending = callback;
                    if (traces)
                    {
                        // It flows with the callback, and not with what the runner does after it.
                        Activity.Current = null;
                    }

                    return FrameStep.Awaits;
                }

                if (traces || _watch.IsMeasuring)
                {
                    _watch.End(CurrentCallback!);
                }

                var result = callback.Result;
                if (result.IsPlain)
                {
                    State = result.State;
                    if (mailbox.HasDue)
                    {
                        return FrameStep.Pauses;
                    }

                    continue;
                }

                Apply(session, result, mayHold: false);
                if (mailbox.HasDue || session.Output.ShouldFlush || session.Output.IsFull || _releases)
                {
                    return FrameStep.Pauses;
                }
            }
        }
        catch (Exception exception)
        {
            pending = ValueTask.FromException<LateResult<TState>>(exception);
            return FrameStep.Awaits;
        }

        return FrameStep.Done;
    }

    private ValueTask HandleAsync(Session session, MailboxItem item)
    {
        BeginCallback(item.CallbackName);
        try
        {
            if (!item.Begin(this))
            {
                EndCallback();
                return default;
            }
        }
        catch (Exception exception)
        {
            Pending = ValueTask.FromException<LateResult<TState>>(exception);
        }

        return CompleteAsync(session, Pending, item);
    }

    private ValueTask CompleteAsync(Session session, ValueTask<LateResult<TState>> pending, MailboxItem? item)
    {
        if (!pending.IsCompletedSuccessfully)
        {
            _watch.MeasureRest();
            return AwaitAsync(session, pending, item);
        }

        try
        {
            Apply(session, pending.Result, mayHold: false);
        }
        catch (Exception exception)
        {
            OnError(session, exception, item);
        }

        EndCallback();
        return default;
    }

    private async ValueTask AwaitAsync(Session session, ValueTask<LateResult<TState>> pending, MailboxItem? item)
    {
        try
        {
            if (!pending.IsCompleted)
            {
                // What earlier callbacks sent does not wait for this one.
                await FlushAsync(session).ConfigureAwait(false);
                if (session.Output.HasWaiting)
                {
                    var callback = pending.AsTask();
                    await session.Output.SendWhileAsync(callback).ConfigureAwait(false);
                    pending = new ValueTask<LateResult<TState>>(callback);
                }
            }

            Apply(session, await pending.ConfigureAwait(false), mayHold: false);
        }
        catch (Exception exception)
        {
            OnError(session, exception, item);
        }
        finally
        {
            EndCallback();
            _watch.MeasureNext();
        }
    }

    private void Apply(Session session, in LateResult<TState> result, bool mayHold)
    {
        if (result.IsPlain)
        {
            State = result.State;
            return;
        }

        var frames = result.Frames;
        session.Output.Check(result.Frame, frames);
        var actions = result.Actions;
        if (actions is { Hold: true } && !mayHold)
        {
            throw new MisuseException("HoldCalls() belongs to the result of HandleConnectAsync: later the session is ready already.");
        }

        State = result.State;
        session.Output.WriteResult(result.Frame, frames);
        if (actions is null)
        {
            return;
        }

        _isHeld |= actions.Hold && !actions.Release;
        _releases |= actions.Release;
        if (actions.Next != NextStep.Continue)
        {
            session.End(SessionEnd.FromHandler(actions));
        }
    }

    private void OnError(Session session, Exception exception, MailboxItem? item)
    {
        if (CallbackToken.IsCancellationRequested && exception is OperationCanceledException)
        {
            // A call is failed with the others, when the session is closed.
            Connection.Log.CallbackCancelled(Connection.Name, CurrentCallback ?? "A callback");
            return;
        }

        if (item?.TryFail(exception) == true)
        {
            return;
        }

        _watch.Failed(exception);
        var callback = CurrentCallback ?? "A callback";
        Connection.NoteThrown(callback, exception);
        var policy = Connection.Options.HandlerErrors;
        if (policy != LateHandlerErrors.Continue)
        {
            session.End(SessionEnd.HandlerFailed(callback, exception, policy));
        }
    }

    private void BeginCallback(string? name)
    {
        CallbackNumber++;
        CurrentCallback = name;
        _watch.Begin(name);
        _scope.Enter();
    }

    private void EndCallback()
    {
        _watch.End(CurrentCallback);
        _scope.Exit();
        CurrentCallback = null;
    }

    /// <summary>Marks everything until the end of the block as a callback.</summary>
    private Running Enter(string callback)
    {
        _scope = CallbackScope.Begin(Connection);
        _watch.MeasureNext();
        BeginCallback(callback);
        return new Running(this);
    }

    private readonly struct Running(Runner<TState> runner) : IDisposable
    {
        public void Dispose() => runner.EndCallback();
    }
}
