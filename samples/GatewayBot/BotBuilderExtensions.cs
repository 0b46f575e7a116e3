using GatewayBot.Feed;
using GatewayBot.Gateway;

namespace GatewayBot;

/// <summary>The two connections of the bot. Their settings are in the sections <c>Late:Gateway</c> and <c>Late:Feed</c>.</summary>
public static class BotBuilderExtensions
{
    public static void AddGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddLateConnection<GatewayHandler>();
        builder.Services.AddOptions<GatewaySettings>().BindConfiguration("Gateway")
            .Validate(static settings => settings.Token.Length > 0, "Gateway:Token is missing.").ValidateOnStart();
    }

    public static void AddFeed(this IHostApplicationBuilder builder)
    {
        builder.Services.AddLateConnection<FeedHandler>();
        builder.Services.AddSingleton<FeedSubscriptions>();
        builder.Services.AddOptions<FeedSettings>().BindConfiguration("Feed")
            .Validate(static settings => settings.SubscriptionsAddress is not null, "Feed:SubscriptionsAddress is missing.").ValidateOnStart();
    }
}
