using System.Net.Http.Json;
using GatewayBot.Feed.Protocol;
using Microsoft.Extensions.Options;

namespace GatewayBot.Feed;

/// <summary>Makes the subscriptions of a session: the feed takes them over HTTP.</summary>
public sealed class FeedSubscriptions(IOptions<FeedSettings> settings) : IDisposable
{
    // A callback waits for it, and with it the events that follow.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = TimeSpan.FromSeconds(5) };

    /// <exception cref="HttpRequestException">The feed refused a subscription, or could not be reached.</exception>
    /// <exception cref="TaskCanceledException">The feed did not answer in time: the inner exception is a <see cref="TimeoutException"/>.</exception>
    public async Task CreateAsync(string sessionId, CancellationToken cancellationToken)
    {
        foreach (var topic in settings.Value.Topics)
        {
            using var answer = await _http.PostAsJsonAsync(
                settings.Value.SubscriptionsAddress, new Subscription(topic, sessionId), FeedJson.Default.Subscription, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    public void Dispose() => _http.Dispose();
}
