using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>Applies the actions of a result where there is no session: there is nothing to send to, and nothing to hold.</summary>
internal static class ResultsWithoutSession
{
    /// <summary>Applies a result whole or not at all.</summary>
    /// <exception cref="MisuseException">It cannot be applied.</exception>
    public static void Write(ConnectionContext connection, in LateFrame frame, IReadOnlyList<LateFrame>? frames, ResultActions? actions)
    {
        if (frame.Kind != default || frames is { Count: > 0 })
        {
            throw new MisuseException(
                "The result of a post that runs without a session has frames, and there is no session that they could be sent in. " +
                "Send them in HandleConnect, or where LateContext.Session is not null.");
        }

        if (actions is { Hold: true } or { HoldClose: true } or { Close: not null })
        {
            throw new MisuseException(
                "HoldCalls(), HoldClose() and CloseWith() are for the session that begins or closes, and the post runs without one. Return LateResult.Ok, Stop, Fault or Reconnect there.");
        }

        if (actions is { ReleaseSlot: true })
        {
            throw new MisuseException("ReleaseSlot() belongs to the result of HandleCallEnd, and the post runs without a session. Reply to a call or fail it: that releases its slot.");
        }

        if (actions is { HoldConfirm: true })
        {
            throw new MisuseException("HoldConfirm() belongs to the result of HandleSubscribe, and the post runs without a session. Leave it out of other results.");
        }

        if (actions is { Next: not NextStep.Continue })
        {
            var end = actions.ToEnd();
            if (!connection.Effects.Run(connection.Lifecycle.EndWithoutSession(end)) && end.IsRequested)
            {
                connection.Log.RequestIgnored(connection.Name, LateException.WithoutName(connection.Name, connection.Lifecycle.Current.Reason));
            }
        }
    }
}
