using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayBot.Events;
using GatewayBot.Gateway.Protocol;
using Late.Hosting;
using Microsoft.Extensions.Options;

namespace GatewayBot.Gateway;

/// <summary>A bot at a gateway like Discord's: it identifies once, and resumes its session on every connection that follows.</summary>
public sealed class GatewayHandler(ILateClient<GatewayHandler> self, IEventSink events, IOptions<GatewaySettings> settings) :
    LateHandler<GatewayState>,
    ILateSyncMessageHandler<GatewayState, GatewayMessage>,
    ILateSyncInfoHandler<GatewayState, HeartbeatDue>,
    ILateSyncInfoHandler<GatewayState, SetPresence>,
    ILateSyncInfoHandler<GatewayState, PresenceDue>
{
    // The gateway keeps a session that is closed with any code but 1000 and 1001.
    private const int KeepSession = 4000;

    // Discord takes 5 presences in 20 seconds.
    private static readonly TimeSpan s_presenceInterval = TimeSpan.FromSeconds(4);

    public JsonTypeInfo<GatewayMessage> MessageTypeInfo => GatewayJson.Default.GatewayMessage;

    public override GatewayState Init(LateContext context) => new();

    // A session is resumed at its own address. Where the last attempt failed, or the connection was lost before READY or RESUMED, that address may be
    // dead: this attempt goes to the configured one.
    public override GatewayState HandleConnecting(LateHandshakeContext handshake, GatewayState state)
    {
        if (state.Session is { } session && handshake.Previous is null or { Disconnect.WasReady: true })
        {
            handshake.Uri = new Uri(session.ResumeAt, handshake.Uri!.PathAndQuery);
        }

        return state;
    }

    public override LateResult<GatewayState> HandleConnect(LateHandshake handshake, GatewayState state) => LateResult.Ok(state).HoldCalls();

    public LateResult<GatewayState> HandleMessage(GatewayMessage message, GatewayState state) => message switch
    {
        Hello hello => OnHello(TimeSpan.FromMilliseconds(hello.Data.Interval), state),
        Heartbeat => Send(state, new Heartbeat(state.Session?.Sequence)),
        HeartbeatAck => LateResult.Ok(state with { IsAcknowledged = true }),
        Dispatch dispatch => OnEvent(dispatch, state),
        Reconnect => Again(state, "The gateway asks for a new connection."),
        InvalidSession invalid => Again(
            invalid.IsResumable ? state : state with { Session = null },
            "The gateway refuses the session.",
            TimeSpan.FromSeconds(1 + 4 * Random.Shared.NextDouble())),
        _ => LateResult.Ok(state),
    };

    public LateResult<GatewayState> HandleInfo(HeartbeatDue due, GatewayState state)
    {
        if (!state.IsAcknowledged)
        {
            return Again(state, "The gateway has not acknowledged a heartbeat.");
        }

        self.PostAfter(due.Interval, due);
        return Send(state with { IsAcknowledged = false }, new Heartbeat(state.Session?.Sequence));
    }

    // Only the newest presence counts. It waits for its time, however many are set: a frame for each would leave heartbeats no room in SendLimit.
    public LateResult<GatewayState> HandleInfo(SetPresence presence, GatewayState state)
    {
        if (state.Presence is null)
        {
            self.PostAfter(s_presenceInterval, new PresenceDue());
        }

        return LateResult.Ok(state with { Presence = presence.Status });
    }

    public LateResult<GatewayState> HandleInfo(PresenceDue due, GatewayState state) =>
        Send(state with { Presence = null }, new UpdatePresence(new PresenceData(state.Presence!, Since: null, Afk: false, Activities: [])));

    public override LateResult<GatewayState> HandleClosing(LateClosing closing, GatewayState state) =>
        LateResult.Ok(state).CloseWith(
            closing.Reason == LateDisconnectReason.HostStopping && settings.Value.EndsSessionAtStop ? LateCloseCode.NormalClosure : KeepSession);

    // 4007: not a number of this session. 4009: the session has timed out.
    public override LateDisconnectResult<GatewayState> HandleDisconnect(LateDisconnect disconnect, GatewayState state) =>
        LateDisconnectResult.Ok(disconnect.CloseCode is 4007 or 4009 ? state with { Session = null } : state);

    // The first heartbeat comes at a random time, so that not all clients of a gateway that has restarted send theirs together.
    private LateResult<GatewayState> OnHello(TimeSpan interval, GatewayState state)
    {
        self.PostAfter(interval * Random.Shared.NextDouble(), new HeartbeatDue(interval));
        return Send(state with { IsAcknowledged = true }, state.Session is { } session
            ? new Resume(new ResumeData(settings.Value.Token, session.Id, session.Sequence))
            : new Identify(new IdentifyData(settings.Value.Token, settings.Value.Intents, new IdentifyProperties("linux", "GatewayBot", "GatewayBot"))));
    }

    private LateResult<GatewayState> OnEvent(Dispatch dispatch, GatewayState state)
    {
        if (dispatch.Type == "READY")
        {
            var ready = dispatch.Data.Deserialize(GatewayJson.Default.ReadyData)!;
            return OnReady(state with { Session = new(ready.SessionId, ready.ResumeAt, dispatch.Sequence) });
        }

        if (state.Session is not { } session)
        {
            // The gateway has refused the session, and this was on its way.
            return LateResult.Ok(state);
        }

        var next = state with { Session = session with { Sequence = dispatch.Sequence } };
        if (dispatch.Type == "RESUMED")
        {
            return OnReady(next);
        }

        events.Handle(dispatch.Type, dispatch.Data);
        return LateResult.Ok(next);
    }

    // The delayed post of a presence that is not sent yet has ended with the connection before.
    private LateResult<GatewayState> OnReady(GatewayState state)
    {
        if (state.Presence is not null)
        {
            self.PostAfter(s_presenceInterval, new PresenceDue());
        }

        return LateResult.Ok(state).ReleaseCalls();
    }

    private static LateResult<GatewayState> Send(GatewayState state, GatewayMessage message) =>
        LateResult.Send(state, LateFrame.Json(message, GatewayJson.Default.GatewayMessage));

    private static LateResult<GatewayState> Again(GatewayState state, string reason, TimeSpan? after = null) =>
        LateResult.Reconnect(state, new LateReconnect { Reason = reason, After = after, CloseCode = KeepSession });
}
