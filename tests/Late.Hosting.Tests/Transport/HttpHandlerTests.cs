using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Transport;

/// <summary>What follows where <c>ConfigureHttpHandler</c> throws.</summary>
public sealed class HttpHandlerTests
{
    [Fact]
    public async Task P10_a_handler_that_could_not_be_configured_is_configured_again_by_the_next_attempt()
    {
        var throws = true;
        var stream = new ScriptedStream([]);
        using var http = new HttpConnections(
            handler =>
            {
                handler.ConnectCallback = (_, _) => new ValueTask<Stream>(stream);
                if (throws)
                {
                    throw new FileNotFoundException("client.pfx");
                }
            },
            keepsCookies: true);
        using var transport = new HttpTransport("Feed", TimeProvider.System, http);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var options = new LateConnectionOptions { Uri = new Uri("ws://feed.example/") };
        Task ConnectAsync() => transport.ConnectAsync(
            new LateHandshakeContext("Feed", 1, options, services) { Uri = options.Uri }, options, TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<LateConnectException>(ConnectAsync);
        Assert.Equal("Connection 'Feed' could not connect to ws://feed.example/: ConfigureHttpHandler threw FileNotFoundException. See the inner exception.", error.Message);
        throws = false;
        await Assert.ThrowsAsync<LateConnectException>(ConnectAsync);

        Assert.Single(stream.Writes);
    }
}
