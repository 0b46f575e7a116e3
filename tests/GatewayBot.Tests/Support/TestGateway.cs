using System.Text.Json;
using GatewayBot.Gateway;
using GatewayBot.Servers;
using GatewayBot.Servers.Gateway;

namespace GatewayBot.Tests.Support;

/// <summary>A gateway, another address of it where sessions are resumed, and a bot.</summary>
public sealed class TestGateway : IAsyncDisposable
{
    private long _published;

    private TestGateway(TestClock clock, TestServer main, TestServer resume)
    {
        (Main, Resume, Happenings) = (main, resume, new Happenings(clock));
        Bot = new TestBot<GatewayHandler>(clock, static builder => builder.AddGateway(), new TestSettings
        {
            ["Late:Gateway:Uri"] = new Uri(main.Uri, "/gateway?v=10").ToString(),
            ["Late:Gateway:AllowedOrigins:0"] = resume.Uri.ToString(),

            // Pongs come over a socket, which takes no time on this clock.
            ["Late:Gateway:KeepAliveInterval"] = "10.00:00:00",
            ["Late:Gateway:Rotation:MaxSessionLifetime"] = "06:00:00",
            ["Late:Gateway:Rotation:Jitter"] = "00:00:00",
        });
    }

    public GatewayServer Server { get; private init; } = null!;

    public TestServer Main { get; }

    public TestServer Resume { get; }

    public TestBot<GatewayHandler> Bot { get; }

    public TestClock Clock => Bot.Clock;

    public Happenings Happenings { get; }

    /// <summary>How many events have been published.</summary>
    public int Published => (int)Volatile.Read(ref _published);

    public static async Task<TestGateway> CreateAsync()
    {
        var server = new GatewayServer();
        var (main, resume) = (await TestServer.StartAsync(server), await TestServer.StartAsync(server));
        var gateway = new TestGateway(new TestClock(), main, resume) { Server = server };
        server.ResumeAt = resume.Uri;
        server.Happened = gateway.Happenings.Add;
        return gateway;
    }

    /// <summary>The data of an event.</summary>
    public static JsonElement Event(long number) => JsonSerializer.SerializeToElement(new SampleEvent(number), ServersJson.Default.SampleEvent);

    public async Task PublishAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Server.PublishAsync("MESSAGE_CREATE", Event(Interlocked.Increment(ref _published)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Bot.DisposeAsync();
        await Main.DisposeAsync();
        await Resume.DisposeAsync();
    }
}
