using System.Net;
using System.Net.Http.Json;
using Late.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace WorkerSample.Tests;

/// <summary>What an orchestrator receives while the feed is away.</summary>
public sealed class HealthTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly OwnFeedApplication _application;

    public HealthTests() => _application = new OwnFeedApplication(_clock, ("Health:GracePeriod", "00:00:20"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    [Fact]
    public async Task A_drop_that_is_longer_than_the_grace_period_is_degraded_then_unhealthy_then_over()
    {
        using var http = await _application.StartAsync(Token);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(http, "ready"));

        await DropAsync(http, seconds: 30);
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await AskAsync(http, "ready"));

        _clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await AskAsync(http, "ready"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(http, "live"));

        _clock.Advance(TimeSpan.FromSeconds(10));
        await _application.Ticker.ReconnectAsync("The feed is back.", Token);
        await _application.Ticker.WaitForReadyAsync(Token);
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(http, "ready"));
    }

    [Fact]
    public async Task The_answer_names_which_connection_since_when_and_why()
    {
        using var http = await _application.StartAsync(Token);

        await DropAsync(http, seconds: 30);

        Assert.Contains("Ticker is Reconnecting since 1970-01-01 00:00:00Z", await http.GetStringAsync("/health/ready", Token), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Word)> AskAsync(HttpClient http, string what)
    {
        using var answer = await http.GetAsync($"/health/{what}", Token);
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(Token)).Split('\n')[0]);
    }

    /// <summary>Drops the feed, and waits until the connection has noticed.</summary>
    private async Task DropAsync(HttpClient http, int seconds)
    {
        await using var changes = _application.Ticker.WatchAsync(Token).GetAsyncEnumerator(Token);
        await changes.MoveNextAsync();
        (await http.PostAsJsonAsync($"/feed/drop?seconds={seconds}", "", Token)).EnsureSuccessStatusCode();
        while (changes.Current.State != LateConnectionState.Reconnecting)
        {
            Assert.True(await changes.MoveNextAsync());
        }
    }
}
