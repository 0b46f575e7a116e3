using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P13, and what a reload of the configuration does.</summary>
public sealed class ConfigurationTests
{
    private const string Section = "Late:Scripted";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P13_all_that_is_wrong_stops_the_start_in_one_message_with_options_and_sections()
    {
        await using var server = await TestServer.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.Sources.Add(new TestSettings
        {
            ["Late:eu:Uri"] = "http://feed.example/v2",
            ["Late:eu:ConnectTimeout"] = "soon",
            ["Late:eu:MailboxCapacity"] = "0",
            ["Late:eu:Startup"] = "Sometime",
            ["Late:eu:Reconect:BaseDelay"] = "00:00:01",
            ["Late:us:Uri"] = server.Uri.ToString(),
            ["Late:us:Reconnect:MaxAttempts"] = "-1",
            ["Late:us:Headers:Sec-WebSocket-Key"] = "hunter2",
        });
        builder.Services.AddSingleton<RegionLog>();
        builder.Services.AddLateConnection<RegionHandler>("eu", options => options.SubProtocols.Add("not a token"));
        builder.Services.AddLateConnection<RegionHandler>("us");
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        string[] options =
        [
            "Late:eu:Uri", "Late:eu:ConnectTimeout", "Late:eu:MailboxCapacity", "Late:eu:Startup", "Late:eu:Reconect", "Late:eu:SubProtocols",
            "Late:us:Reconnect:MaxAttempts", "Late:us:Headers:Sec-WebSocket-Key",
        ];
        Assert.All(options, option => Assert.Contains(option, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Requests);
        Assert.Empty(host.Services.GetRequiredService<RegionLog>().Lines);
    }

    [BoundedFact]
    public async Task P13_a_missing_address_stops_the_start_and_names_where_to_give_it()
    {
        await using var app = new TestApp(null);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(app.StartAsync);
        Assert.Contains($"{Section}:Uri is missing", error.Message, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task The_section_is_read_and_the_delegate_is_applied_last()
    {
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings
        {
            [$"{Section}:Uri"] = server.Uri.ToString(),
            [$"{Section}:Headers:X-From"] = "section",
            [$"{Section}:Headers:X-Both"] = "section",
            [$"{Section}:SubProtocols:0"] = "feed",
        };
        await using var app = new TestApp(null, options => options.Headers["X-Both"] = "delegate", settings: settings);
        await app.StartAsync();

        var request = await server.RequestAsync();
        Assert.Equal(("section", "delegate", "feed"), (request.Header("X-From"), request.Header("X-Both"), request.Header("Sec-WebSocket-Protocol")));
    }

    [BoundedFact]
    public async Task A_reload_with_another_address_reconnects_once()
    {
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings { [$"{Section}:Uri"] = new Uri(server.Uri, "/one").ToString() };
        await using var app = new TestApp(null, settings: settings, clock: new TestClock());
        var peer = await app.StartAsync(server);

        settings[$"{Section}:Uri"] = new Uri(server.Uri, "/two").ToString();
        settings.Reload();
        var (code, reason) = await peer.AnswerCloseAsync();
        Assert.Equal(1000, code);
        Assert.Contains("Uri", reason, StringComparison.Ordinal);
        var request = await server.RequestAsync();
        Assert.Equal("/two", request.Context.Request.Path);
        peer = await request.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        settings.Reload();
        await app.Client.PostAsync(new Note("here"), Token);
        Assert.Equal("here", await peer.ReceiveAsync());
        Assert.Equal(2, server.Requests);
        Assert.Single(app.Logs.Of("SessionEnded"));
    }

    [BoundedTheory]
    [InlineData("Headers:X-Client", "two")]
    [InlineData("Headers:X-New", "new")]
    [InlineData("SubProtocols:1", "feed.v1")]
    public async Task A_reload_with_another_upgrade_request_reconnects(string option, string value)
    {
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings { [$"{Section}:Headers:X-Client"] = "one", [$"{Section}:SubProtocols:0"] = "feed.v2" };
        await using var app = new TestApp(server.Uri, settings: settings, clock: new TestClock());
        var peer = await app.StartAsync(server);

        settings[$"{Section}:{option}"] = value;
        settings.Reload();
        await peer.AnswerCloseAsync();
        var request = await server.RequestAsync();
        Assert.Contains(value, $"{request.Header("X-Client")} {request.Header("X-New")} {request.Header("Sec-WebSocket-Protocol")}", StringComparison.Ordinal);
        await request.AcceptAsync();
    }

    [BoundedFact]
    public async Task A_reload_with_other_options_takes_effect_on_next_use_without_a_reconnect()
    {
        var clock = new TestClock();
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings { [$"{Section}:CallTimeout"] = "00:00:03", [$"{Section}:WhenNotReady"] = "Wait" };
        await using var app = new TestApp(server.Uri, settings: settings, clock: clock);
        var peer = await app.StartAsync(server);
        var before = app.Client.CallAsync(new Ask("before"), Token);
        Assert.Equal("1 before", await peer.ReceiveAsync());

        settings[$"{Section}:CallTimeout"] = "00:00:07";
        settings[$"{Section}:WhenNotReady"] = "Fail";
        settings.Reload();
        var after = app.Client.CallAsync(new Ask("after"), Token);
        Assert.Equal("2 after", await peer.ReceiveAsync());
        clock.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => before);
        Assert.False(after.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => after);
        Assert.Equal(1, server.Requests);
        peer.Drop();
        await app.BackoffAsync();
        await Assert.ThrowsAsync<LateDisconnectedException>(() => app.Client.CallAsync(new Ask("immediately"), Token));
    }

    [BoundedFact]
    public async Task An_invalid_reload_is_logged_and_changes_nothing_and_the_next_one_counts()
    {
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings { [$"{Section}:Uri"] = new Uri(server.Uri, "/one").ToString() };
        await using var app = new TestApp(null, settings: settings, clock: new TestClock());
        var peer = await app.StartAsync(server);

        settings[$"{Section}:Uri"] = new Uri(server.Uri, "/two").ToString();
        settings[$"{Section}:CallTimeout"] = "-1";
        settings.Reload();
        var entry = await app.Logs.NextAsync("ReloadRefused");
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Contains($"{Section}:CallTimeout", entry.Message, StringComparison.Ordinal);
        await app.Client.PostAsync(new Note("still here"), Token);
        Assert.Equal("still here", await peer.ReceiveAsync());
        Assert.Equal(1, server.Requests);

        settings[$"{Section}:CallTimeout"] = "00:00:05";
        settings.Reload();
        await peer.AnswerCloseAsync();
        Assert.Equal("/two", (await server.RequestAsync()).Context.Request.Path);
    }

    [BoundedFact]
    public async Task A_reload_while_the_next_attempt_is_waited_for_tries_the_new_address_immediately()
    {
        await using var server = await TestServer.StartAsync();
        using var absent = new RawServer();
        var settings = new TestSettings { [$"{Section}:Uri"] = absent.Uri.ToString() };
        await using var app = new TestApp(null, settings: settings, clock: new TestClock());
        await app.StartAsync();
        await app.BackoffAsync();

        settings[$"{Section}:Uri"] = server.Uri.ToString();
        settings.Reload();
        await app.AcceptAsync(server);
    }

    [BoundedFact]
    public async Task A_reload_after_the_stop_is_ignored()
    {
        await using var server = await TestServer.StartAsync();
        var settings = new TestSettings { [$"{Section}:Uri"] = server.Uri.ToString() };
        await using var app = new TestApp(null, settings: settings);
        app.Script.In = (_, state, _) => LateResult.Stop(state);
        var peer = await app.StartAsync(server);
        await peer.SendAsync("stop");
        await peer.AnswerCloseAsync();
        await app.ReachAsync(LateConnectionState.Stopped);

        settings[$"{Section}:Uri"] = new Uri(server.Uri, "/two").ToString();
        settings.Reload();
        await app.StopAsync();
        Assert.Equal(1, server.Requests);
    }
}
