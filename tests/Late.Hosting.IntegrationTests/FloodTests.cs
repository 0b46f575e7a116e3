using System.Net;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Late.Hosting.IntegrationTests;

/// <summary>
/// Promise P16: a server that sends without end delays neither callbacks nor timers nor a stop. The tests end by what they
/// wait for; without the promise they never do.
/// </summary>
public sealed class FloodTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string> Kinds => [.. Flood.Kinds];

    public static TheoryData<string, string> KindsAndTransports =>
        new(from transport in new[] { "http", "https", "http/2" } from kind in Flood.Kinds select (kind, transport));

    [BoundedTheory]
    [MemberData(nameof(Kinds))]
    public async Task P16_a_flood_from_the_first_byte_behind_the_upgrade_delays_neither_callbacks_nor_timers_nor_a_stop(string kind)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, Shorten);
        var due = BeatTwice(app);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.UpgradeAsync([.. Flood.Head(kind), .. Flood.Block(kind)]);
        var flooding = peer.WithoutEndAsync(Flood.Block(kind));

        await due;
        await app.StopAsync();
        Assert.Equal("Terminate HostStopping", app.Life.All.Last());
        peer.Dispose();
        await flooding;
    }

    [BoundedTheory]
    [MemberData(nameof(KindsAndTransports))]
    public async Task P16_a_flood_of_a_session_delays_neither_callbacks_nor_timers_nor_a_stop(string kind, string transport)
    {
        using var authority = new TestAuthority();
        await using var server = await StartAsync(transport, authority);
        await using var app = new TestApp(
            server.Uri,
            options =>
            {
                Shorten(options);
                options.HttpVersion = transport == "http/2" ? HttpVersion.Version20 : HttpVersion.Version11;
            },
            configure: authority.TrustBy);
        var due = BeatTwice(app);
        await app.StartAsync();
        var request = await server.RequestAsync();
        var flooding = Flood.SendAsync(await UpgradeAsync(request), kind);

        await due;
        await app.StopAsync();
        Assert.Equal("Terminate HostStopping", app.Life.All.Last());
        request.End();
        await flooding;
    }

    [BoundedTheory]
    [MemberData(nameof(Kinds))]
    public async Task P7_a_flood_does_not_delay_the_ReadyTimeout(string kind)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options =>
        {
            Shorten(options);
            options.ReadyTimeout = s_short;
        });
        app.Script.Connect = async (_, state, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            return LateResult.Ok(state);
        };
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.UpgradeAsync([.. Flood.Head(kind), .. Flood.Block(kind)]);
        var flooding = peer.WithoutEndAsync(Flood.Block(kind));

        await app.Life.SkipToAsync("Disconnect ReadyTimeout");
        peer.Dispose();
        await flooding;
    }

    [BoundedTheory]
    [MemberData(nameof(Kinds))]
    public async Task P5_a_flood_does_not_delay_the_CallTimeout(string kind)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options =>
        {
            Shorten(options);
            options.CallTimeout = s_short;
        });
        app.Script.Call = (_, _, state, _) => LateResult.Ok(state);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.UpgradeAsync([.. Flood.Head(kind), .. Flood.Block(kind)]);
        var flooding = peer.WithoutEndAsync(Flood.Block(kind));

        await Assert.ThrowsAsync<LateCallTimeoutException>(() => app.Client.CallAsync(new Ask("unanswered"), TestContext.Current.CancellationToken));
        peer.Dispose();
        await flooding;
    }

    private static void Shorten(LateConnectionOptions options) => options.CloseTimeout = s_short;

    /// <summary>Done when the handler has had two heartbeats of its own, of which the second is due in the midst of the flood.</summary>
    private static Task BeatTwice(TestApp app)
    {
        var beats = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Script.In = (_, state, _) => LateResult.Ok(state);
        app.Script.Connect = (_, state, _) =>
        {
            app.Client.PostAfter(TimeSpan.FromMilliseconds(20), new Note("beat"));
            return LateResult.Ok(state);
        };
        app.Script.Info = (note, state, _) =>
        {
            if (++beats == 2)
            {
                done.SetResult();
            }
            else
            {
                app.Client.PostAfter(TimeSpan.FromMilliseconds(20), note);
            }

            return LateResult.Ok(state);
        };
        return done.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static Task<TestServer> StartAsync(string transport, TestAuthority authority) => transport switch
    {
        "http" => TestServer.StartAsync(),
        "https" => TestServer.StartAsync(certificate: authority.Issue()),
        _ => TestServer.StartAsync(HttpProtocols.Http2),
    };

    /// <summary>Answers the upgrade; what is written to the stream is the server's bytes as they are.</summary>
    private static async Task<Stream> UpgradeAsync(TestRequest request)
    {
        var context = request.Context;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return await connect.AcceptAsync();
        }

        context.Response.Headers.SecWebSocketAccept = RawPeer.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        context.Response.Headers.Upgrade = "websocket";
        return await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
    }
}
