namespace GatewayBot.Feed;

/// <summary>The section <c>Feed</c>.</summary>
public sealed class FeedSettings
{
    /// <summary>Where subscriptions are made, over HTTP.</summary>
    public Uri? SubscriptionsAddress { get; set; }

    /// <summary>The kinds of events that are subscribed to.</summary>
    public IList<string> Topics { get; } = [];
}
