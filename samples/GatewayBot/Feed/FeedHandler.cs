using System.Net;
using System.Text.Json;
using GatewayBot.Events;
using GatewayBot.Feed.Protocol;
using Late.Hosting;

namespace GatewayBot.Feed;

/// <summary>Receives the events of a feed like Twitch's EventSub, and moves to another address of the feed without losing one.</summary>
public sealed partial class FeedHandler(ILateClient<FeedHandler> self, FeedSubscriptions subscriptions, IEventSink events, ILogger<FeedHandler> logger) :
    LateHandler<FeedState>,
    ILateSyncCallHandler<FeedState, GetFeedState, FeedState>,
    ILateSyncInfoHandler<FeedState, LateReconnectFailed>,
    ILateSyncInfoHandler<FeedState, LateReconnect>
{
    public override FeedState Init(LateContext context) => new();

    public override LateResult<FeedState> HandleConnect(LateHandshake handshake, FeedState state) => LateResult.Ok(state).HoldCalls();

    public override async ValueTask<LateResult<FeedState>> HandleInAsync(LateFrame frame, FeedState state, CancellationToken cancellationToken) =>
        frame.ReadJson(FeedJson.Default.FeedMessage) switch
        {
            { Metadata.MessageType: "session_welcome", Payload.Session: { } session } => await OnWelcomeAsync(session.Id, state, cancellationToken),
            { Metadata.MessageType: "session_reconnect", Payload.Session.ReconnectUrl: { } address } => LateResult.Reconnect(state, MoveTo(address)),
            { Metadata: { MessageType: "notification", SubscriptionType: { } type }, Payload.Event: { } data } => OnEvent(type, data, state),
            { Metadata.MessageType: "revocation", Payload.Subscription: { } subscription } => OnRevocation(subscription, state),
            _ => LateResult.Ok(state), // A keep-alive message, or something that the feed has added since.
        };

    public LateResult<FeedState> HandleCall(GetFeedState request, LateCall<FeedState> call, FeedState state)
    {
        call.Reply(state);
        return LateResult.Ok(state);
    }

    // The new address has refused. The session continues for a while, and the address is tried again.
    public LateResult<FeedState> HandleInfo(LateReconnectFailed failed, FeedState state)
    {
        self.PostAfter(TimeSpan.FromSeconds(1.5), failed.Request);
        return LateResult.Ok(state);
    }

    public LateResult<FeedState> HandleInfo(LateReconnect request, FeedState state) => LateResult.Reconnect(state, request);

    // A session that has moved keeps its id and its subscriptions.
    private async Task<LateResult<FeedState>> OnWelcomeAsync(string sessionId, FeedState state, CancellationToken cancellationToken)
    {
        try
        {
            if (sessionId != state.SessionId)
            {
                await subscriptions.CreateAsync(sessionId, cancellationToken);
            }
        }
        catch (HttpRequestException exception) when (exception.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            // The token is wrong, or does not allow a topic: no later attempt can succeed.
            return LateResult.Fault(state, $"The feed refused a subscription with {(int)exception.StatusCode}.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            return LateResult.Reconnect(state, $"A subscription failed: {exception.Message}");
        }

        return LateResult.Ok(state with { SessionId = sessionId }).ReleaseCalls();
    }

    private LateResult<FeedState> OnEvent(string type, JsonElement data, FeedState state)
    {
        events.Handle(type, data);
        return LateResult.Ok(state with { Events = state.Events + 1 });
    }

    // The other subscriptions of the session continue.
    private LateResult<FeedState> OnRevocation(FeedSubscription subscription, FeedState state)
    {
        Revoked(subscription.Type, subscription.Status);
        return LateResult.Ok(state);
    }

    // The old connection stays until the new one is welcomed: events come on both.
    private static LateReconnect MoveTo(Uri address) => new()
    {
        Reason = "The feed moves.",
        Uri = address,
        Order = LateReconnectOrder.ConnectFirst,
        SwitchWhen = LateSwitchWhen.FirstMessage,
        FinishCalls = true,
    };

    [LoggerMessage(LogLevel.Warning, "The feed has revoked the subscription {Type}: {Status}")]
    private partial void Revoked(string type, string status);
}
