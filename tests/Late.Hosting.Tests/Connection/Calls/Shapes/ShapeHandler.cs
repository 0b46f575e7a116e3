using System.Globalization;

namespace Late.Hosting.Tests.Connection.Calls.Shapes;

/// <summary>Sends each call as "id what", and replies to it where the server sends the id.</summary>
internal sealed class ShapeHandler(LatePendingCalls pending)
    : LateHandler<int>, ILateSyncCallHandler<int, Batch<int>, int>, ILateSyncCallHandler<int, Batch<string>, string>, ILateSyncCallHandler<int, ShapeHandler.Part, string>,
        ILateSyncCallEndHandler<int, Batch<int>>
{
    private readonly Dictionary<int, object> _items = [];

    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleCall(Batch<int> request, LateCall<int> call, int state) => Send(pending.Add(call), request.Item, state);

    public LateResult<int> HandleCall(Batch<string> request, LateCall<string> call, int state) => Send(pending.Add(call), request.Item, state);

    public LateResult<int> HandleCall(Part request, LateCall<string> call, int state) => Send(pending.Add(call), request.Text, state);

    public LateResult<int> HandleCallEnd(LateCallEnd<Batch<int>> end, int state) =>
        LateResult.Send(state, LateFrame.Text(string.Create(CultureInfo.InvariantCulture, $"end of {end.Request.Item}: {end.Reason}"))).ReleaseSlot();

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        var id = int.Parse(frame.GetText(), CultureInfo.InvariantCulture);
        _ = _items[id] is int number ? pending.Reply(id, number) : pending.Reply(id, (string)_items[id]);
        return LateResult.Ok(state);
    }

    private LateResult<int> Send(int id, object item, int state)
    {
        _items[id] = item;
        return LateResult.Send(state, LateFrame.Text(string.Create(CultureInfo.InvariantCulture, $"{id} {item}")));
    }

    /// <summary>A nested request.</summary>
    internal sealed record Part(string Text) : ILateRequest<Part, string>;
}
