using System.Text.Json;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A request of JSON-RPC 2.0.</summary>
/// <param name="Text">Its one parameter.</param>
public sealed record Work(string Text) : ILateRequest<Work, string>;

/// <summary>Calls the methods of a JSON-RPC 2.0 server, and cancels there what is canceled here.</summary>
public sealed class JsonRpcHandler : LateHandler<int>, ILateSyncCallHandler<int, Work, string>, ILateSyncCallEndHandler<int, Work>
{
    private readonly LatePendingCalls _pending = new();

    public override int Init(LateContext context) => 0;

    public LateResult<int> HandleCall(Work request, LateCall<string> call, int state) =>
        LateResult.Send(state, LateFrame.Text($$"""{"jsonrpc":"2.0","id":{{_pending.Add(call)}},"method":"WorkAsync","params":["{{request.Text}}"]}"""));

    public LateResult<int> HandleCallEnd(LateCallEnd<Work> end, int state) => _pending.TryGetKey(end.Call, out var id)
        ? LateResult.Send(state, LateFrame.Text($$$"""{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{{{id}}}}}"""))
        : LateResult.Ok(state);

    public override LateResult<int> HandleIn(LateFrame frame, int state)
    {
        using var message = JsonDocument.Parse(frame.GetText());
        var id = message.RootElement.GetProperty("id").GetInt32();
        if (message.RootElement.TryGetProperty("result", out var result))
        {
            _pending.Reply(id, result.GetString()!);
        }
        else
        {
            _pending.Fail(id, new InvalidDataException(message.RootElement.GetProperty("error").GetProperty("message").GetString()));
        }

        return LateResult.Ok(state);
    }
}
