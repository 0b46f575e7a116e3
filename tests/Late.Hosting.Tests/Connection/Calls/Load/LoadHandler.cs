using System.Globalization;

namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>Sends each call as "id number", and replies to it where the server sends the same.</summary>
internal sealed class LoadHandler(LatePendingCalls pending) : LateHandler<int>, ILateSyncCallHandler<int, Charge, int>, ILateSyncCallHandler<int, Meter, int>
{
    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleCall(Charge request, LateCall<int> call, int state) => Send(request.Number, call, state);

    public LateResult<int> HandleCall(Meter request, LateCall<int> call, int state) => Send(request.Number, call, state);

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        var words = frame.GetText().Split(' ');
        pending.Reply(int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
        return LateResult.Ok(state);
    }

    private LateResult<int> Send(int number, LateCall call, int state) => LateResult.Send(state, LateFrame.Text($"{pending.Add(call)} {number}"));
}
