using System.Globalization;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests.Graphql;

/// <summary>A GraphQL server of another library: npm's graphql-ws.</summary>
public sealed class GraphqlServer() : NodeServer(Path.Combine("Graphql", "server.js"), "graphql-ws@6.0.6 graphql@16.11.0 ws@8.18.3")
{
    /// <summary>Its address.</summary>
    public Uri Uri => new(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{Port}/graphql"));

    /// <summary>Publishes a number to every subscription to ticks.</summary>
    public Task PublishAsync(int number) => CommandAsync(string.Create(CultureInfo.InvariantCulture, $"publish {number}"));

    /// <summary>Gives the last countdown its next number.</summary>
    public Task CountAsync(int number) => CommandAsync(string.Create(CultureInfo.InvariantCulture, $"count {number}"));

    /// <summary>Completes the last countdown.</summary>
    public Task EndAsync() => CommandAsync("end");

    /// <summary>Kills the session, and waits for the next upgrade request, which it holds back.</summary>
    public async Task KillAsync()
    {
        await CommandAsync("kill");
        Assert.Equal("waits", await ReadAsync());
    }

    /// <summary>Accepts the upgrade that was held back.</summary>
    public async Task OpenAsync()
    {
        await CommandAsync("open");
        Assert.Equal("connected", await ReadAsync());
    }

    /// <summary>The next subscriptions that begin.</summary>
    public async Task<List<string>> SubscribedAsync(int count)
    {
        var topics = new List<string>();
        while (topics.Count < count)
        {
            var words = (await ReadAsync()).Split(' ', 2);
            Assert.Equal("subscribe", words[0]);
            topics.Add(words[1]);
        }

        return topics;
    }

    /// <summary>The subscriptions to ticks that there are, several to one topic included.</summary>
    public async Task<string[]> ActiveAsync()
    {
        await CommandAsync("active");
        return (await ReadAsync()).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
    }
}
