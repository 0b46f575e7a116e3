using System.Globalization;
using System.Text;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>
/// What all servers have seen of the client's messages. A handler's frame reads <c>h:session:number:call:…</c>, a caller's
/// <c>c:number:…</c> (promises P4 and P6).
/// </summary>
internal sealed class Traffic(Subject subject)
{
    private readonly HashSet<int> _calls = [];
    private readonly HashSet<int> _sends = [];
    private int _lastSend;

    /// <summary>The call that a handler's frame belongs to; zero for none.</summary>
    public static int CallOf(ClientFrame frame) => Parts(frame) is ["h", _, _, var call, ..] ? Number(call) : 0;

    /// <summary>True where a frame of this call has been written.</summary>
    public bool HasSeenCall(int id) => _calls.Contains(id);

    /// <summary>True where this caller's frame has been written.</summary>
    public bool HasSeenSend(int id) => _sends.Contains(id);

    /// <summary>Looks at a frame.</summary>
    /// <returns>The number of the last frame of the handler in this session.</returns>
    public int OnFrame(ServerSession session, ClientFrame frame)
    {
        switch (Parts(frame))
        {
            case ["h", var of, var number, var call, ..]:
                subject.Verdict.Require(Number(of) == session.Number, "P4", $"session {session.Number} got frame {number} of session {of}");
                subject.Verdict.Require(
                    Number(number) == session.LastHandlerFrame + 1 || (subject.Closings.FirstFrame == Number(number) && subject.SendLimit.IsSet && Number(number) > session.LastHandlerFrame),
                    "P4", $"session {session.Number} got the handler's frame {number} after frame {session.LastHandlerFrame}");
                _calls.Add(Number(call));
                return Number(number);
            case ["c", var send, ..]:
                subject.Verdict.Require(_sends.Add(Number(send)), "P4", $"frame {send} of a caller was written twice");
                subject.Verdict.Require(Number(send) > _lastSend, "P1", $"frame {send} of a caller was written after frame {_lastSend}");
                _lastSend = Number(send);
                return session.LastHandlerFrame;
            default:
                subject.Verdict.Fail("P4", $"session {session.Number} got a message that was never sent");
                return session.LastHandlerFrame;
        }
    }

    private static string[] Parts(ClientFrame frame) => Encoding.UTF8.GetString(frame.Payload).Split(':', 5);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
