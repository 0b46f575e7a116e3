using System.Globalization;
using System.Text.Json;

namespace Late.Hosting.IntegrationTests.Ocpp;

/// <summary>A request without a content.</summary>
public sealed record Heartbeat : ILateRequest<Heartbeat, DateTimeOffset>;

/// <summary>The state of a connector, whose answer has no content.</summary>
/// <param name="ConnectorId">Its number.</param>
public sealed record StatusNotification(int ConnectorId) : ILateRequest<StatusNotification, JsonElement>;

/// <summary>
/// A charging station, by OCPP 1.6: it boots before its other calls, and answers those of the central system. It has no queue, no timer and no
/// flag of its own; its state is its context.
/// </summary>
/// <param name="pending">Its calls.</param>
public sealed class StationHandler(LatePendingCalls pending)
    : LateHandler<LateContext>, ILateSyncCallHandler<LateContext, Heartbeat, DateTimeOffset>, ILateSyncCallHandler<LateContext, StatusNotification, JsonElement>
{
    private const int Call = 2;
    private const int CallResult = 3;

    public override LateContext Init(LateContext context) => context;

    public override LateResult<LateContext> HandleConnect(LateHandshake handshake, LateContext state) =>
        Send(state, pending.Add(state), "BootNotification", """{"chargePointVendor":"Late","chargePointModel":"Station"}""").HoldCalls();

    public LateResult<LateContext> HandleCall(Heartbeat request, LateCall<DateTimeOffset> call, LateContext state) =>
        Send(state, pending.Add(call), "Heartbeat", "{}");

    public LateResult<LateContext> HandleCall(StatusNotification request, LateCall<JsonElement> call, LateContext state) =>
        Send(state, pending.Add(call), "StatusNotification", $$"""{"connectorId":{{request.ConnectorId}},"errorCode":"NoError","status":"Available"}""");

    public override LateResult<LateContext> HandleIn(LateFrame frame, LateContext state)
    {
        using var document = JsonDocument.Parse(frame.Payload);
        var message = document.RootElement;
        var id = message[1].GetString()!;
        switch (message[0].GetInt32())
        {
            case Call:
                return LateResult.Send(state, LateFrame.Text($$"""[3,"{{id}}",{"status":"Accepted"}]"""));
            case CallResult:
                return HandleResult(int.Parse(id, CultureInfo.InvariantCulture), message[2], state);
            default:
                pending.Fail(int.Parse(id, CultureInfo.InvariantCulture), new InvalidDataException(message[3].GetString()));
                return LateResult.Ok(state);
        }
    }

    // The clock of the test stands still.
    public override LateDisconnectResult<LateContext> HandleDisconnect(LateDisconnect disconnect, LateContext state) =>
        LateDisconnectResult.ReconnectAfter(state, TimeSpan.Zero);

    private static LateResult<LateContext> Send(LateContext state, int id, string action, string payload) =>
        LateResult.Send(state, LateFrame.Text($"""[2,"{id}","{action}",{payload}]"""));

    private LateResult<LateContext> HandleResult(int id, JsonElement result, LateContext state)
    {
        if (result.TryGetProperty("status", out _))
        {
            pending.Reply(id, result.Clone());
            return LateResult.Ok(state).ReleaseCalls();
        }

        if (result.TryGetProperty("currentTime", out var time))
        {
            pending.Reply(id, time.GetDateTimeOffset());
        }
        else
        {
            pending.Reply(id, result.Clone());
        }

        return LateResult.Ok(state);
    }
}
