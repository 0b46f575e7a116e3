using System.Text.Json;
using Late.Hosting;

namespace JsonRpcClient.Rpc;

/// <summary>
/// A client of JSON-RPC 2.0 with calls, notifications and subscriptions in the manner of Ethereum's nodes. Its tables are the library's: it has no queue, no flag, no
/// timer and no list of subscriptions of its own.
/// </summary>
public sealed class RpcHandler : LateHandler<int>,
    ILateSyncCallHandler<int, Invoke, JsonElement>, ILateSyncCallEndHandler<int, Invoke>,
    ILateSyncInfoHandler<int, Notify>, ILateSyncTopicHandler<int, Feed, JsonElement>
{
    private const int MethodNotFound = -32601;

    private readonly LatePendingCalls _pending = new();
    private readonly LateTopics<string, Feed, JsonElement> _feeds = new();

    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleCall(Invoke request, LateCall<JsonElement> call, int state) =>
        Send(state, new RpcRequest(request.Method, request.Params, _pending.Add(call)));

    public LateResult<int> HandleCallEnd(LateCallEnd<Invoke> end, int state) => _pending.TryGetKey(end.Call, out var id)
        ? Send(state, new RpcRequest("$/cancelRequest", [id]))
        : LateResult.Ok(state);

    public LateResult<int> HandleInfo(Notify message, int state) => Send(state, new RpcRequest(message.Method, message.Params));

    // The answer has the id under which the server sends the items.
    public LateResult<int> HandleSubscribe(LateTopic<Feed, JsonElement> topic, int state)
    {
        var id = _pending.Add(topic, (JsonElement subscription) => _feeds.Add(subscription.GetString()!, topic));
        return Send(state, new RpcRequest("eth_subscribe", [topic.Key.Name], id)).HoldConfirm();
    }

    public LateResult<int> HandleUnsubscribe(Feed topic, int state) => _feeds.TryGetKey(topic, out var subscription)
        ? Send(state, new RpcRequest("eth_unsubscribe", [subscription], _pending.NewId()))
        : LateResult.Ok(state);

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        switch (frame.ReadJson(RpcJson.Default.RpcMessage))
        {
            case { Params: { Subscription: { } subscription } update }:
                _feeds.Publish(subscription, update.Result);
                break;
            case { Id: { } id, Method: not null }:
                return LateResult.Send(state, LateFrame.Json(new RpcRefusal(id, new RpcError(MethodNotFound, "Method not found.")), RpcJson.Default.RpcRefusal));
            case { Id: { ValueKind: JsonValueKind.Number } id, Error: { } error }:
                _pending.Fail(id.GetInt32(), new RpcException(error.Code, error.Message));
                break;
            case { Id: { ValueKind: JsonValueKind.Number } id, Result: var result }:
                _pending.Reply(id.GetInt32(), result);
                break;
        }

        return LateResult.Ok(state);
    }

    private static LateResult<int> Send(int state, RpcRequest request) => LateResult.Send(state, LateFrame.Json(request, RpcJson.Default.RpcRequest));
}
