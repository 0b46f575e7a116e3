using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>What a server does about the frames of the client, when they have reached it.</summary>
internal sealed class ServerReactions(Subject subject, ServerSession session, SessionPlan plan, ServerLine line, ServerMessages messages)
{
    private TimeSpan _last;

    /// <summary>The client has handed a frame to the network: the server reacts when it has come, in order.</summary>
    public void ReactTo(ClientFrame frame)
    {
        var now = subject.Time.Elapsed;
        var at = now + plan.Link.Latency;
        _last = at > _last ? at : _last + TimeSpan.FromTicks(1);
        subject.Time.After(_last - now, () => React(frame));
    }

    private void React(ClientFrame frame)
    {
        if (line.IsSilent || session.Wire.IsDisposed || session.Wire.IsOver)
        {
            return;
        }

        switch (frame.Opcode)
        {
            case ClientFrame.Ping when plan.AnswersPings && !session.IsSilenced:
                messages.SendControl(ServerFrames.Pong(frame.Payload));
                break;
            case ClientFrame.Close when !session.IgnoresClose:
                if (!session.IsSilenced && plan.AnswersClose)
                {
                    messages.SendControl(ServerFrames.Close(frame.CloseCode, ""));
                }

                session.IsSilenced = true;
                if (plan.EndsAfterClose)
                {
                    line.After(session.Wire.End);
                }

                break;
            case ClientFrame.Text or ClientFrame.Binary when !session.IsSilenced && subject.Dice.Chance(plan.RepliesPercent):
                if (Traffic.CallOf(frame) is > 0 and var callId)
                {
                    subject.Time.After(plan.ReplyDelay, () => ReplyTo(callId));
                }

                break;
        }
    }

    private void ReplyTo(int callId)
    {
        if (!session.IsSilenced && !line.IsSilent && !session.Wire.IsOver)
        {
            messages.Send(callId);
        }
    }
}
