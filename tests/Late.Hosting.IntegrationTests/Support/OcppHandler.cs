using System.Globalization;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A request of a charging station.</summary>
/// <param name="Number">Its number.</param>
public sealed record Charge(int Number) : ILateRequest<Charge, string>;

/// <summary>Sends requests under ids, and takes the server's answers: it has no queue, no timer and no flag of its own.</summary>
/// <param name="pending">Its calls.</param>
/// <param name="ends">Receives the calls whose end the handler was notified of, with their ids.</param>
public sealed class OcppHandler(LatePendingCalls pending, List<(int Number, LateCallEndReason Reason, int Id)> ends)
    : LateHandler<int>, ILateSyncCallHandler<int, Charge, string>, ILateSyncCallEndHandler<int, Charge>
{
    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleCall(Charge request, LateCall<string> call, int state) =>
        LateResult.Send(state, LateFrame.Text($"{pending.Add(call)} {request.Number}"));

    public LateResult<int> HandleCallEnd(LateCallEnd<Charge> end, int state)
    {
        ends.Add((end.Request.Number, end.Reason, pending.TryGetKey(end.Call, out var id) ? id : 0));
        return LateResult.Ok(state);
    }

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        pending.Reply(int.Parse(frame.GetText(), CultureInfo.InvariantCulture), "yes");
        return LateResult.Ok(state);
    }
}
