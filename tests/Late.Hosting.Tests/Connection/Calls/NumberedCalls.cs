using System.Globalization;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Calls of a protocol that numbers its requests.</summary>
internal static class NumberedCalls
{
    /// <summary>A handler that sends each call as "number text", and replies to it where the server sends "number reply".</summary>
    /// <param name="pending">Where it keeps them.</param>
    public static ScriptedHandler Handler(LatePendingCalls pending) => new()
    {
        Call = (request, call, state, _) => LateResult.Send(state, LateFrame.Text($"{pending.Add(call)} {request.Text}")),
        In = (frame, state, _) =>
        {
            var words = frame.GetText().Split(' ');
            pending.Reply(int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
            return LateResult.Ok(state);
        },
    };
}
