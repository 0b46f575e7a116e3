using System.Globalization;

namespace Late.Hosting.Testing.Tests.Support;

/// <summary>Asks the server under ids, and cancels there what has ended here.</summary>
/// <param name="releasesSlots">Whether the server answers no canceled query.</param>
public sealed class QueryHandler(bool releasesSlots = false) : LateHandler<int>, ILateSyncCallHandler<int, Query, string>, ILateSyncCallEndHandler<int, Query>
{
    private readonly LatePendingCalls _pending = new();

    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleCall(Query request, LateCall<string> call, int state) =>
        LateResult.Send(state, LateFrame.Text($"{_pending.Add(call)} {request.Text}"));

    public LateResult<int> HandleCallEnd(LateCallEnd<Query> end, int state)
    {
        if (end.Request.Text == "bad")
        {
            throw new FormatException("bad end");
        }

        var id = _pending.TryGetKey(end.Call, out var key) ? key : 0;
        var result = LateResult.Send(state, LateFrame.Text($"cancel {id}: {end.Reason}"));
        return releasesSlots ? result.ReleaseSlot() : result;
    }

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        var words = frame.GetText().Split(' ');
        _pending.Reply(int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
        return LateResult.Ok(state);
    }
}
