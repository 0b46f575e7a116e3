using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Connection.Sessions;
using Late.Hosting.Connection.Topics;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Applies the actions of results to the session, in addition to the next state: writes their frames, holds calls and releases them, and
/// ends the session.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="handler">The handler whose results they are.</param>
internal sealed class ResultWriter(ConnectionContext connection, ILateHandler handler)
{
    // Null between sessions.
    private Session _session = null!;
    private bool _isConnecting;
    private bool _isClosing;
    private bool _holds;
    private PendingCall? _endedCall;
    private TopicConfirmation? _subscribed;

    /// <summary>True where there is more to do than to handle the next frame.</summary>
    public bool HasToFlush => _session.IsReleasing || _session.Output.ShouldFlush;

    /// <summary>True where frames wait for the send limit.</summary>
    public bool HasWaiting => _session is { Output.HasWaiting: true };

    /// <summary>Begins a session, with the result of <c>HandleConnect</c>.</summary>
    public void Open(Session session) => (_session, _isConnecting, _isClosing, _holds) = (session, true, false, false);

    /// <summary>Results that follow belong to no session.</summary>
    public void Leave() => _session = null!;

    /// <summary>Applies a result whole or not at all.</summary>
    /// <exception cref="MisuseException">It cannot be applied.</exception>
    public void Write(in LateFrame frame, IReadOnlyList<LateFrame>? frames, ResultActions? actions)
    {
        if (_session is null)
        {
            ResultsWithoutSession.Write(connection, frame, frames, actions);
            return;
        }

        ResultFrames.Check(frame, frames, _session.Output.Limit);
        Check(actions);
        _session.Output.WriteResult(frame, frames, _subscribed?.Applies(actions is { HoldConfirm: true }, frame.Kind != default || frames is { Count: > 0 }));
        if (actions is null)
        {
            return;
        }

        if (_isConnecting)
        {
            _holds = actions is { Hold: true, Release: false };
        }
        else if (actions.Release)
        {
            _session.Release();
        }

        if (actions.ReleaseSlot)
        {
            _endedCall!.ReleaseSlot();
        }

        if (_isClosing)
        {
            WriteClose(actions);
        }
        else if (actions.ReleaseClose)
        {
            _session.ReleaseClose();
        }

        if (actions.Reconnect is { } request && (request.ConnectsFirst || request.FinishCalls) && !_session.IsLeaving)
        {
            if (_session.Switch?.Begin(request, actions.ToEnd()) == false && connection.Lifecycle.IsEnding)
            {
                // The stop came in this moment.
                _session.LogIgnoredRequest();
            }
        }
        else if (actions.Next != NextStep.Continue)
        {
            _session.EndByHandler(actions.ToEnd());
        }
    }

    /// <summary>The result of <c>HandleClosing</c> follows.</summary>
    public void BeginGoodbye()
    {
        _isClosing = true;
        _session.Output.BeginGoodbye();
    }

    /// <summary>The result of <c>HandleClosing</c> is applied.</summary>
    public void EndGoodbye()
    {
        _isClosing = false;
        _session.Output.EndGoodbye();
    }

    /// <summary>The result of <c>HandleCallEnd</c> follows.</summary>
    /// <param name="call">The call that has ended.</param>
    public void BeginCallEnd(PendingCall call) => _endedCall = call;

    /// <summary>The result of <c>HandleCallEnd</c> is applied.</summary>
    public void EndCallEnd() => _endedCall = null;

    /// <summary>Applies the result of <c>HandleSubscribe</c>.</summary>
    /// <param name="confirm">Confirms its topics; called when the frames of the result are written, unless the handler confirms them later.</param>
    /// <param name="callback">Runs the callback.</param>
    public async ValueTask SubscribeAsync(Action confirm, Func<ValueTask> callback)
    {
        _subscribed = new TopicConfirmation(confirm, connection);
        try
        {
            await callback().ConfigureAwait(false);
            _subscribed.Applied();
        }
        finally
        {
            _subscribed = null;
        }
    }

    /// <summary>The result of <c>HandleConnect</c> is applied: unless it holds calls, the session is ready when its frames are written.</summary>
    public void EndConnect()
    {
        _isConnecting = false;
        _session.Output.EndConnect();
        _session.HandlerConnected(_holds);
    }

    /// <summary>Sends what the send limit lets pass while a callback runs, which may take long.</summary>
    public Task SendWhileAsync(Task callback) => _session.Output.SendWhileAsync(callback);

    /// <summary>A callback ends. What was sent does not wait for the services that it has used.</summary>
    public ValueTask EndAsync(RunningCallback callback)
    {
        var ending = callback.EndAsync();
        return ending.IsCompletedSuccessfully ? default : AwaitEndAsync(ending.AsTask());
    }

    /// <summary>Writes what results have left to write, and makes the session ready where one of them released it.</summary>
    public ValueTask FlushAsync()
    {
        if (_session is null)
        {
            return default;
        }

        var flushing = _session.Output.FlushAsync();
        return _session.IsReleasing ? ReleaseAsync(flushing) : flushing;
    }

    private void Check(ResultActions? actions)
    {
        if (actions is null)
        {
            return;
        }

        if (actions.Hold && !_isConnecting)
        {
            throw new MisuseException("HoldCalls() belongs to the result of HandleConnect: later the session is ready already. Leave it out of other results.");
        }

        if (actions.ReleaseSlot && _endedCall is null)
        {
            throw new MisuseException("ReleaseSlot() belongs to the result of HandleCallEnd. From another callback, reply to the call or fail it: that releases its slot.");
        }

        if (actions.HoldConfirm && _subscribed is null)
        {
            throw new MisuseException("HoldConfirm() belongs to the result of HandleSubscribe: no topic is confirmed by another. Leave it out of other results.");
        }

        if (_isClosing ? actions.Next != NextStep.Continue : actions.HoldClose || actions.Close is not null)
        {
            throw new MisuseException(_isClosing
                ? "HandleClosing returned Stop, Reconnect or Fault, and the session closes already. Return LateResult.Ok or Send there; what follows the close is decided in HandleDisconnect."
                : "HoldClose() and CloseWith() belong to the result of HandleClosing. To close the session from another callback, return LateResult.Stop or Reconnect.");
        }
    }

    private void WriteClose(ResultActions actions)
    {
        if (actions.Close is { } close)
        {
            _session.CloseWith(close.Code, close.Reason);
        }

        if (actions is { HoldClose: true, ReleaseClose: false })
        {
            _session.HoldClose();
        }
    }

    private async ValueTask AwaitEndAsync(Task ending)
    {
        try
        {
            await FlushAsync().ConfigureAwait(false);
            if (HasWaiting)
            {
                await SendWhileAsync(ending).ConfigureAwait(false);
            }
        }
        finally
        {
            // Promise P1: no other callback begins before, whatever has failed.
            await ending.ConfigureAwait(false);
        }
    }

    private async ValueTask ReleaseAsync(ValueTask flushing)
    {
        await flushing.ConfigureAwait(false);
        if (_session.IsReleasing && !_session.Output.IsConnecting)
        {
            connection.Topics.Restore(_session, handler);
            _session.FramesWritten();
        }
    }
}
