using System.Net;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Configuration;

public sealed class SettingsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P13_every_problem_is_in_one_message_that_names_option_and_section()
    {
        await using var host = new TestHost(
            configure: options => options.Uri = new Uri("https://feed.example"),
            settings: new()
            {
                ["Late:Forwarding:CallTimeout"] = "soon",
                ["Late:Forwarding:MailboxCapacity"] = "0",
                ["Late:Forwarding:Startup"] = "Sometimes",
                ["Late:Forwarding:KeepAliveIntervall"] = "00:00:10",
                ["Late:Forwarding:Reconnect:MaxDelay"] = "00:00:00.1",
                ["Late:Forwarding:Reconnect:RefusedMaxDelay"] = "1.00:00:01",
                ["Late:Forwarding:PermanentStatusCodes"] = "404",
                ["Late:Forwarding:PermanentCloseCodes:0"] = "1006",
                ["Late:Forwarding:Headers:Sec-WebSocket-Key"] = "secret",
                ["Late:Forwarding:SubProtocols:0"] = "not a token",
                ["Late:Forwarding:Rotation:TimeOfDay"] = "late",
                ["Late:Forwarding:SendLimit:Frames"] = "0",
                ["Late:Forwarding:SendLimit:Bytes"] = "many",
                ["Late:Forwarding:SendLimit:Window"] = "00:00:00",
            });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        foreach (var option in new[]
        {
            "Late:Forwarding:CallTimeout", "Late:Forwarding:MailboxCapacity", "Late:Forwarding:Startup", "Late:Forwarding:KeepAliveIntervall",
            "Late:Forwarding:Reconnect:RefusedMaxDelay is 1.00:00:01", "Late:Forwarding:PermanentStatusCodes is a single value: it is a list",
            "Late:Forwarding:PermanentCloseCodes has 1006", "Late:Forwarding:Reconnect:MaxDelay", "Late:Forwarding:Headers:Sec-WebSocket-Key", "Late:Forwarding:SubProtocols", "Late:Forwarding:Uri",
            "Late:Forwarding:Rotation:TimeOfDay cannot be read: it is a time of day like", "Late:Forwarding:SendLimit:Frames is 0",
            "Late:Forwarding:SendLimit:Bytes cannot be read: it is a whole number", "Late:Forwarding:SendLimit:Window is 00:00:00",
        })
        {
            Assert.Contains(option, error.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_can_be_read_from_the_section()
    {
        await using var host = new TestHost(settings: new()
        {
            ["Late:Forwarding:Uri"] = "wss://other.example/v3",
            ["Late:Forwarding:Headers:X-Client"] = "me",
            ["Late:Forwarding:Uris:0"] = "wss://second.example",
            ["Late:Forwarding:Uris:1"] = "wss://third.example",
            ["Late:Forwarding:AllowedOrigins:0"] = "wss://resume.example:8443",
            ["Late:Forwarding:SubProtocols:0"] = "v2",
            ["Late:Forwarding:ConnectTimeout"] = "00:00:01",
            ["Late:Forwarding:ReadyTimeout"] = "00:00:02",
            ["Late:Forwarding:CallTimeout"] = "00:00:03",
            ["Late:Forwarding:CloseTimeout"] = "00:00:04",
            ["Late:Forwarding:SlowCallbackThreshold"] = "00:00:22",
            ["Late:Forwarding:CallbackGracePeriod"] = "00:00:23",
            ["Late:Forwarding:SendTimeout"] = "00:00:05",
            ["Late:Forwarding:KeepAliveInterval"] = "00:00:06",
            ["Late:Forwarding:KeepAliveTimeout"] = "00:00:07",
            ["Late:Forwarding:DataTimeout"] = "00:00:24",
            ["Late:Forwarding:MaxMessageBytes"] = "8",
            ["Late:Forwarding:MailboxCapacity"] = "9",
            ["Late:Forwarding:ReceiveBufferBytes"] = "10",
            ["Late:Forwarding:Compression"] = "Deflate",
            ["Late:Forwarding:Startup"] = "Background",
            ["Late:Forwarding:StartupTimeout"] = "00:00:11",
            ["Late:Forwarding:WhenNotReady"] = "Fail",
            ["Late:Forwarding:HandlerErrors"] = "Stop",
            ["Late:Forwarding:OnFault"] = "StopHost",
            ["Late:Forwarding:Reconnect:BaseDelay"] = "00:00:12",
            ["Late:Forwarding:Reconnect:MaxDelay"] = "00:00:13",
            ["Late:Forwarding:Reconnect:RefusedMaxDelay"] = "00:20:00",
            ["Late:Forwarding:PermanentStatusCodes:0"] = "404",
            ["Late:Forwarding:PermanentStatusCodes:1"] = "410",
            ["Late:Forwarding:PermanentCloseCodes:0"] = "4004",
            ["Late:Forwarding:Reconnect:MaxAttempts"] = "14",
            ["Late:Forwarding:Reconnect:StableAfter"] = "00:00:15",
            ["Late:Forwarding:Rotation:MaxSessionLifetime"] = "16:00:00",
            ["Late:Forwarding:Rotation:TimeOfDay"] = "17:00",
            ["Late:Forwarding:Rotation:Jitter"] = "00:00:18",
            ["Late:Forwarding:Rotation:Order"] = "ConnectFirst",
            ["Late:Forwarding:SendLimit:Frames"] = "19",
            ["Late:Forwarding:SendLimit:Bytes"] = "20000000000",
            ["Late:Forwarding:SendLimit:Window"] = "00:00:21",
            ["Late:Forwarding:SendLimit:QueueLimit"] = "24",
        });
        LateConnectionOptions? seen = null;
        host.Handler.Init = (context, _) =>
        {
            seen = context.Options;
            return new(0);
        };
        await host.ReadyAsync();

        Assert.NotNull(seen);
        Assert.Equal(new Uri("wss://other.example/v3"), seen.Uri);
        Assert.Equal("me", seen.Headers["x-client"]);
        Assert.Equal([new Uri("wss://second.example"), new Uri("wss://third.example")], seen.Uris);
        Assert.Equal([new Uri("wss://resume.example:8443")], seen.AllowedOrigins);
        Assert.Equal(["v2"], seen.SubProtocols);
        TimeSpan[] times =
        [
            seen.ConnectTimeout, seen.ReadyTimeout, seen.CallTimeout, seen.CloseTimeout, seen.SendTimeout, seen.KeepAliveInterval, seen.KeepAliveTimeout,
            seen.StartupTimeout, seen.Reconnect.BaseDelay, seen.Reconnect.MaxDelay, seen.Reconnect.StableAfter,
        ];
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15], times.Select(time => time.TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(20), seen.Reconnect.RefusedMaxDelay);
        Assert.Equal(TimeSpan.FromSeconds(24), seen.DataTimeout);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.Gone], seen.PermanentStatusCodes.Order());
        Assert.Equal([4004], seen.PermanentCloseCodes);
        Assert.Equal([8, 9, 10, 14], new[] { seen.MaxMessageBytes, seen.MailboxCapacity, seen.ReceiveBufferBytes, seen.Reconnect.MaxAttempts ?? 0 });
        Assert.Equal(LateCompression.Deflate, seen.Compression);
        Assert.Equal(LateWhenNotReady.Fail, seen.WhenNotReady);
        Assert.Equal(LateHandlerErrorBehavior.Stop, seen.HandlerErrors);
        Assert.Equal(LateFaultBehavior.StopHost, seen.OnFault);
        Assert.Equal(TimeSpan.FromHours(16), seen.Rotation.MaxSessionLifetime);
        Assert.Equal(new TimeOnly(17, 0), seen.Rotation.TimeOfDay);
        Assert.Equal(TimeSpan.FromSeconds(18), seen.Rotation.Jitter);
        Assert.Equal(LateReconnectOrder.ConnectFirst, seen.Rotation.Order);
        Assert.Equal(19, seen.SendLimit.Frames);
        Assert.Equal(20_000_000_000, seen.SendLimit.Bytes);
        Assert.Equal(TimeSpan.FromSeconds(21), seen.SendLimit.Window);
        Assert.Equal((22, 23, 24), (seen.SlowCallbackThreshold.TotalSeconds, seen.CallbackGracePeriod.TotalSeconds, seen.SendLimit.QueueLimit));
    }

    [Fact]
    public async Task A_change_of_the_address_reconnects_once_and_other_changes_do_not()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:Uri"] = "ws://one.example" });
        await host.ReadyAsync();
        Reload(host, "Late:Forwarding:CallTimeout", "00:00:01");
        Reload(host, "Late:Forwarding:CallTimeout", "00:00:02");
        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        Reload(host, "Late:Forwarding:Uri", "ws://two.example");
        host.Configuration.Reload();

        var attempt = await host.Transport.AttemptAsync();
        attempt.Accept();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(new Uri("ws://two.example"), attempt.Request.Uri);
        Assert.Equal(2, host.Transport.Count);
    }

    [Fact]
    public async Task An_invalid_reload_is_logged_and_changes_nothing()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:Uri"] = "ws://one.example" });
        await host.ReadyAsync();
        Reload(host, "Late:Forwarding:Uri", "http://two.example");

        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Id.Name == "ReloadRefused" && record.Message.Contains("Late:Forwarding:Uri", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reload_whose_delegate_throws_is_logged_and_changes_nothing()
    {
        await using var host = new TestHost(
            configure: options => options.Uri = new Uri(options.Headers["where"].ToString()),
            settings: new() { ["Late:Forwarding:Headers:where"] = "ws://one.example" });
        await host.ReadyAsync();
        Reload(host, "Late:Forwarding:Headers:where", "no address");

        Assert.Equal(LateConnectionState.Ready, host.Client.State);
        Assert.Contains(host.Logs.GetSnapshot(), record => record.Id.Name == "ReloadRefused");
    }

    [Fact]
    public async Task A_change_of_the_credentials_in_the_address_reconnects()
    {
        await using var host = new TestHost(settings: new() { ["Late:Forwarding:Uri"] = "ws://a:one@one.example" });
        await host.ReadyAsync();
        Reload(host, "Late:Forwarding:Uri", "ws://a:two@one.example");

        Assert.Equal("a:two", (await host.Transport.AttemptAsync()).Request.Uri!.UserInfo);
    }

    [Fact]
    public async Task P12_a_secret_among_the_sub_protocols_stays_out_of_messages()
    {
        await using var host = new TestHost(configure: options => options.SubProtocols.Add("bearer.SECRET=/x y"));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);

        Assert.DoesNotContain("SECRET", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Registering_twice_is_harmless_and_a_name_belongs_to_one_handler()
    {
        var services = new ServiceCollection();
        services.AddLateConnection<ForwardingHandler>("eu");
        var count = services.Count;
        services.AddLateConnection<ForwardingHandler>("eu");

        Assert.Equal(count, services.Count);
        Assert.Throws<InvalidOperationException>(() => services.AddLateConnection<OtherHandler>("eu"));
        Assert.Equal("Forwarding", services.AddLateConnection<ForwardingHandler>().Name);
    }

    private static void Reload(TestHost host, string key, string value)
    {
        host.Configuration[key] = value;
        host.Configuration.Reload();
    }

    private sealed class OtherHandler : ILateHandler<int>
    {
        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);
    }
}
