namespace GatewayBot.Tests.Support;

/// <summary>
/// What ends a connection to the gateway while events are published. Each method returns when the next connection has resumed the session.
/// </summary>
public sealed class GatewayTrouble(TestGateway gateway)
{
    private const int Load = 100;

    private bool _isBuried;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How many connections are expected at the configured address.</summary>
    public int AtMain { get; private set; } = 1;

    /// <summary>How often it has happened.</summary>
    public int Count { get; private set; }

    /// <summary>How many events were published meanwhile.</summary>
    public int Published => Count * Load;

    /// <summary>The gateway asks for another connection (op 7).</summary>
    public Task ReconnectRequestAsync() => ResumesAsync("closed 4000", gateway.Server.RequestReconnectAsync);

    /// <summary>The gateway does not acknowledge a heartbeat.</summary>
    public Task ZombieAsync() => ResumesAsync("closed 4000", async () =>
    {
        gateway.Server.Acknowledges = false;
        gateway.Clock.Advance(gateway.Server.HeartbeatInterval);
        await gateway.Happenings.ExpectAsync("heartbeat");
        gateway.Clock.Advance(gateway.Server.HeartbeatInterval);
        gateway.Server.Acknowledges = true;
    });

    /// <summary>The network breaks the connection.</summary>
    public Task DropAsync() => ResumesAsync("lost", () =>
    {
        gateway.Server.Drop();
        return Task.CompletedTask;
    });

    /// <summary>The same, and it breaks the next one before that has resumed the session.</summary>
    public Task DropTwiceAsync() => ResumesAsync(
        "lost",
        () =>
        {
            gateway.Server.Resuming = () =>
            {
                gateway.Server.Resuming = null;
                gateway.Server.Drop();
                return Task.CompletedTask;
            };
            gateway.Server.Drop();
            return Task.CompletedTask;
        },
        resumes: 2);

    /// <summary>The session has lasted as long as the settings want.</summary>
    public Task RotationAsync() => ResumesAsync(
        "closed 4000",
        () =>
        {
            gateway.Clock.Advance(TimeSpan.FromHours(6));
            return Task.CompletedTask;
        },
        waits: false);

    /// <summary>A setting has changed.</summary>
    public Task ReloadAsync() => ResumesAsync(
        "closed 4000",
        () =>
        {
            gateway.Bot.Settings["Late:Gateway:Headers:User-Agent"] = "GatewayBot/1.1";
            gateway.Bot.Settings.Reload();
            return Task.CompletedTask;
        },
        waits: false);

    /// <summary>
    /// The address goes away at which sessions are resumed, and with it the connection: from then on the first attempt fails there, and the second one
    /// goes to the configured address.
    /// </summary>
    public Task DeadResumeAddressAsync() => ResumesAsync("lost", async () =>
    {
        _isBuried = true;
        await gateway.Resume.DisposeAsync();

        // Where the session was never resumed, its connection is one to the configured address.
        gateway.Server.Drop();
    });

    /// <summary>Something ends the connection while events are published, and the next one resumes the session.</summary>
    private async Task ResumesAsync(string end, Func<Task> happen, bool waits = true, int resumes = 1)
    {
        Count++;
        var load = Task.Run(() => gateway.PublishAsync(Load), Token);
        await happen();
        await gateway.Happenings.ExpectAsync(end);
        for (var resumed = 1; resumed <= resumes; resumed++)
        {
            await ResumeAsync(waits, wasLost: resumed > 1);
            if (resumed < resumes)
            {
                await gateway.Happenings.ExpectAsync("lost");
            }
        }

        await gateway.Bot.Client.WaitForReadyAsync(Token);
        await load;
    }

    /// <param name="waits">Whether the connection waits for its attempt.</param>
    /// <param name="wasLost">Whether the connection before was lost before it had resumed the session: this one is to the configured address.</param>
    private async Task ResumeAsync(bool waits, bool wasLost)
    {
        if (waits)
        {
            await gateway.Bot.AdvanceToAttemptAsync();
        }

        if (_isBuried && !wasLost)
        {
            await gateway.Bot.AdvanceToAttemptAsync();
        }

        AtMain += _isBuried || wasLost ? 1 : 0;
        await gateway.Happenings.ExpectAsync("resume 1 ");
    }
}
