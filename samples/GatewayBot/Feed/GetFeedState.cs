using Late.Hosting;

namespace GatewayBot.Feed;

/// <summary>Asks the handler what it knows.</summary>
public sealed record GetFeedState : ILateRequest<GetFeedState, FeedState>;
