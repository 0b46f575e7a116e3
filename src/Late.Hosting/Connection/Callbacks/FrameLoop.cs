using Late.Hosting.Connection.Sessions;
using Late.Hosting.Diagnostics;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Handles frames where they lie, as long as their callbacks complete synchronously and nothing else is due: what one iteration of
/// its loop does is what receiving costs.
/// </summary>
internal sealed class FrameLoop<TState>(
    ILateHandler<TState> handler, HandlerState<TState> state, RunningCallback callback, ResultWriter results, ConnectionContext connection) : IFrameLoop
{
    private Session _session = null!;
    private bool _traces;

    public void Open(Session session) => (_session, _traces) = (session, connection.Options.TraceFrames);

    public ValueTask HandleAsync(FrameBatch frames)
    {
        var session = _session;
        var token = callback.Token;
        var mailbox = connection.Mailbox;
        var watch = callback.Watch;
        var scope = callback.Scope;
        var traces = _traces && Spans.Source.HasListeners();
        while (!session.IsSilent && frames.TryOpenNext(out var frame))
        {
            callback.CountFrame();
            if (traces)
            {
                callback.Trace(connection.Telemetry.StartFrame(session.Number, frame));
            }

            var handling = handler.HandleInAsync(frame, state.Current, token);
            if (!handling.IsCompletedSuccessfully)
            {
                return state.ApplyAsync(handling);
            }

            if (traces || watch.IsMeasuring)
            {
                callback.EndFrame();
            }

            var result = handling.Result;
            if (result.IsPlain)
            {
                state.Current = result.State;
                if (mailbox.HasDue || scope.HasServices)
                {
                    break;
                }

                continue;
            }

            state.Apply(result);
            if (mailbox.HasDue || scope.HasServices || results.HasToFlush || session.Output.IsFull)
            {
                break;
            }
        }

        // No callback is left to measure.
        watch.Discard();
        return default;
    }
}
