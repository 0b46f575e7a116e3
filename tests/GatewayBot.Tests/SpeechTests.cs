using GatewayBot.Servers;
using GatewayBot.Tests.Speech;
using GatewayBot.Tests.Support;
using Late.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace GatewayBot.Tests;

/// <summary>A server that sends its last transcript after <c>CloseStream</c>, at every kind of close (promises P9 and P18).</summary>
public sealed class SpeechTests : IAsyncLifetime
{
    private const string Key = "microphone";

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly TestClock _clock = new();
    private readonly SpeechLog _log = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Happenings _happenings;
    private TestServer _server = null!;
    private TestBot<SpeechHandler>? _bot;

    public SpeechTests() => _happenings = new Happenings(_clock);

    public static TheoryData<LateDisconnectReason, string> Closes { get; } = new()
    {
        { LateDisconnectReason.HostStopping, "stop" },
        { LateDisconnectReason.ReconnectRequested, "request" },
        { LateDisconnectReason.ReconnectRequested, "reload" },
        { LateDisconnectReason.Rotated, "rotation" },
        { LateDisconnectReason.SupervisorStopping, "supervisor" },
        { LateDisconnectReason.DataTimeout, "silence" },
        { LateDisconnectReason.ReconnectRequested, "connect first" },
    };

    private ILateSupervisor<SpeechHandler> Supervisor => _bot!.Services.Services.GetRequiredService<ILateSupervisor<SpeechHandler>>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _over.TrySetResult();
        if (_bot is not null)
        {
            await _bot.DisposeAsync();
        }

        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Closes))]
    public async Task P18_the_last_transcript_is_handled_and_costs_no_time(LateDisconnectReason reason, string kind)
    {
        await StartAsync(kind, static async (peer, note) =>
        {
            await peer.SendAsync("""{"Text":"hello","IsFinal":false}""");
            await foreach (var text in peer.ReadAsync())
            {
                note(text);
                await peer.SendAsync("""{"Text":"my last","IsFinal":false}""");
                await peer.SendAsync("""{"Text":"words","IsFinal":true}""");
            }

            note($"closed {peer.CloseCode}");
            await peer.AnswerCloseAsync();
        });
        var (closing, began) = (CloseAsync(kind), _clock.GetUtcNow());

        await _happenings.ExpectAsync("CloseStream");
        await _happenings.ExpectAsync("closed 1000");
        await closing;

        Assert.Equal((reason, "hello my last words"), await _log.Ended.Reader.ReadAsync(Token));
        Assert.Equal(began, _clock.GetUtcNow());
    }

    [Theory]
    [MemberData(nameof(Closes))]
    public async Task P9_a_server_that_never_answers_costs_CloseTimeout_and_no_more(LateDisconnectReason reason, string kind)
    {
        await StartAsync(kind, async (peer, note) =>
        {
            await foreach (var text in peer.ReadAsync())
            {
                note(text);
            }

            note($"closed {peer.CloseCode}");
            await _over.Task;
        });
        var (closing, began) = (CloseAsync(kind), _clock.GetUtcNow());

        // Four fifths for the transcript, the rest for the close handshake.
        await _happenings.ExpectAsync("CloseStream");
        _clock.Clear();
        _clock.Advance(CloseTimeout * 0.8);
        await _happenings.ExpectAsync("closed 1000");
        await _clock.TimerAsync(CloseTimeout * 0.2);
        _clock.Advance(CloseTimeout * 0.2);
        await closing;

        Assert.Equal(reason, (await _log.Ended.Reader.ReadAsync(Token)).Reason);
        Assert.Equal(CloseTimeout, _clock.GetUtcNow() - began);
    }

    private async Task StartAsync(string kind, Func<Peer, Action<string>, Task> run)
    {
        _server.Requested = async context =>
        {
            await run(new Peer(await context.WebSockets.AcceptWebSocketAsync(), context), _happenings.Add);
            return false;
        };
        var settings = new TestSettings
        {
            ["Late:Speech:Uri"] = _server.Uri.ToString(),
            ["Late:Speech:CloseTimeout"] = CloseTimeout.ToString(),
            ["Late:Speech:KeepAliveInterval"] = "10.00:00:00",
            ["Late:Speech:Rotation:MaxSessionLifetime"] = "01:00:00",
            ["Late:Speech:Rotation:Jitter"] = "00:00:00",
        };
        if (kind == "silence")
        {
            settings["Late:Speech:DataTimeout"] = Silence.ToString();
        }

        _bot = new TestBot<SpeechHandler>(
            _clock,
            builder =>
            {
                builder.Services.AddSingleton(_log);
                _ = kind == "supervisor" ? builder.Services.AddLateSupervisor<SpeechHandler>() : builder.Services.AddLateConnection<SpeechHandler>();
            },
            settings);
        await _bot.Services.StartAsync(Token);
        var client = kind == "supervisor" ? await Supervisor.StartAsync(Key, cancellationToken: Token) : _bot.Client;
        await client.WaitForReadyAsync(Token);
    }

    private Task CloseAsync(string kind)
    {
        switch (kind)
        {
            case "stop":
                return _bot!.StopAsync();
            case "request":
                return _bot!.Client.ReconnectAsync("The account has changed.", Token);
            case "connect first":
                return _bot!.Client.ReconnectAsync(new LateReconnect { Reason = "The account has changed.", Order = LateReconnectOrder.ConnectFirst }, Token);
            case "reload":
                _bot!.Settings["Late:Speech:Headers:X-Language"] = "en";
                _bot.Settings.Reload();
                return Task.CompletedTask;
            case "silence":
                _clock.Advance(Silence);
                return Task.CompletedTask;
            case "rotation":
                _clock.Advance(TimeSpan.FromHours(1));
                return Task.CompletedTask;
            default:
                return Supervisor.StopAsync(Key, cancellationToken: Token);
        }
    }
}
