using System.Net;
using System.Net.Sockets;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Which address an attempt goes to (promise P10).</summary>
public sealed class AddressTests
{
    [BoundedFact]
    public async Task P10_an_address_at_which_no_server_listens_is_followed_by_the_next_which_comes_first_after_a_loss()
    {
        await using var second = await TestServer.StartAsync();
        await using var app = new TestApp(Dead(), options => options.Uris.Add(second.Uri));
        var peer = await app.StartAsync(second);
        Assert.Single(app.Logs.Entries, static entry => entry.Event.Name == "AttemptFailed");

        peer.Drop();
        await app.AcceptAsync(second);

        Assert.Single(app.Logs.Entries, static entry => entry.Event.Name == "AttemptFailed");
    }

    [BoundedFact]
    public async Task P10_a_server_that_was_killed_is_followed_by_the_next_address_and_so_around()
    {
        await using var first = await TestServer.StartAsync();
        await using var second = await TestServer.StartAsync();
        await using var app = new TestApp(first.Uri, options => options.Uris.Add(second.Uri));
        var peer = await app.StartAsync(first);
        peer.Drop();
        (await first.RequestAsync()).Abort();
        (await second.RequestAsync()).Refuse(503);
        (await first.RequestAsync()).Refuse(503);

        await app.AcceptAsync(second);
    }

    /// <summary>An address of the loopback at which no server listens.</summary>
    private static Uri Dead()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }
}
