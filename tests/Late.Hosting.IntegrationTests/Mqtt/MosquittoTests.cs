using Late.Hosting.IntegrationTests.Support;
using Late.Hosting.MqttClient;

namespace Late.Hosting.IntegrationTests.Mqtt;

/// <summary>
/// Promise P18 at a real broker, which publishes the will of a client that it loses without a goodbye. The log of the broker shows
/// that it has lost the client: what is published after that is received after the will, where there is one.
/// </summary>
public sealed class MosquittoTests(Mosquitto broker) : IClassFixture<Mosquitto>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("stop")]
    [InlineData("request")]
    [InlineData("reload")]
    [InlineData("rotation")]
    public async Task P18_the_broker_publishes_no_will_at_a_close_of_ours_and_the_next_session_can_publish(string kind)
    {
        broker.Need();
        var (clock, settings) = (new TestClock(), Settings());
        await using var observer = await ObserveAsync(kind);
        await using var app = new MqttApp(Login(kind), Configure, settings, clock);
        await app.StartAsync(Token);

        await CloseAsync(app, clock, settings, kind);

        await broker.LostAsync(kind);
        await PublishAsync(observer, kind, "marker");
        Assert.Equal("marker", await ReceiveAsync(observer));
        if (kind != "stop")
        {
            await PublishAsync(app, kind, "next session");
            Assert.Equal("next session", await ReceiveAsync(observer));
        }
    }

    [BoundedTheory]
    [InlineData("stop")]
    [InlineData("request")]
    [InlineData("reload")]
    [InlineData("rotation")]
    public async Task P18_the_broker_publishes_the_will_of_a_handler_that_sends_no_goodbye(string kind)
    {
        broker.Need();
        var (clock, settings) = (new TestClock(), Settings());
        var id = $"{kind}-without-goodbye";
        await using var observer = await ObserveAsync(id);
        await using var app = new MqttApp(Login(id) with { SendsGoodbye = false }, Configure, settings, clock);
        await app.StartAsync(Token);

        await CloseAsync(app, clock, settings, kind);

        Assert.Equal("will", await ReceiveAsync(observer));
    }

    [BoundedFact]
    public async Task The_broker_publishes_the_will_when_the_process_is_killed()
    {
        broker.Need();
        await using var observer = await ObserveAsync("killed");
        await using var client = await ClientProcess.StartAsync(broker.Uri, "killed");

        client.Kill();

        Assert.Equal("will", await ReceiveAsync(observer));
    }

    [BoundedFact]
    public async Task P18_the_broker_publishes_no_will_when_the_process_ends_by_itself()
    {
        broker.Need();
        await using var observer = await ObserveAsync("ended");
        var client = await ClientProcess.StartAsync(broker.Uri, "ended");

        await client.DisposeAsync();

        await broker.LostAsync("ended");
        await PublishAsync(observer, "ended", "marker");
        Assert.Equal("marker", await ReceiveAsync(observer));
    }

    private static TestSettings Settings() => new()
    {
        ["Late:Mqtt:Rotation:MaxSessionLifetime"] = "01:00:00",
        ["Late:Mqtt:Rotation:Jitter"] = "00:00:00",
        ["Late:Mqtt:KeepAliveInterval"] = "10.00:00:00",
    };

    private static MqttLogin Login(string id) => new(id) { Will = new MqttMessage(id, "will") };

    private static ValueTask PublishAsync(MqttApp app, string topic, string text) => app.Client.PostAsync(new MqttMessage(topic, text), Token);

    private static async Task<string> ReceiveAsync(MqttApp observer) => (await observer.Inbox.ReadAsync(Token)).Text;

    private static async Task CloseAsync(MqttApp app, TestClock clock, TestSettings settings, string kind)
    {
        switch (kind)
        {
            case "stop":
                await app.StopAsync(Token);
                break;
            case "request":
                await app.Client.ReconnectAsync("wanted", Token);
                break;
            case "reload":
                settings["Late:Mqtt:Headers:X-Version"] = "2";
                settings.Reload();
                break;
            case "rotation":
                clock.Advance(TimeSpan.FromHours(1));
                break;
        }
    }

    private void Configure(LateConnectionOptions options)
    {
        options.Uri = broker.Uri;
        options.SubProtocols.Add("mqtt");
    }

    /// <summary>A client that has subscribed to the topic of a will.</summary>
    private async Task<MqttApp> ObserveAsync(string topic)
    {
        var observer = new MqttApp(new MqttLogin($"{topic}-observer") { Topic = topic }, options =>
        {
            RealTime.Apply(options);
            Configure(options);
        });
        await observer.StartAsync(Token);
        return observer;
    }
}
