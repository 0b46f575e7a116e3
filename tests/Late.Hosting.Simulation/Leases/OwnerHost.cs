using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Leases;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Simulation.Leases;

/// <summary>One of the hosts: the real one, with the real registration, on clocks of its own. It may be frozen, killed, and cut off from the store.</summary>
internal sealed class OwnerHost : IDisposable
{
    private const string Connection = "Owner";

    private readonly LeaseWorld _world;
    private readonly IHost _host;

    public OwnerHost(LeaseWorld world, string name)
    {
        (_world, Name) = (world, name);
        Rate = 1 + (((2 * world.Dice.Fraction()) - 1) * world.Plan.MostDrift);
        Process = new HostProcess(name, world.Time, world.Dice, world.Trace);
        Time = new HostTime(world.Time, Rate, Process.Deliver);
        (Ownership, Store, Handling) = (new Ownership(world, this), new StoreLine(world, this), new HandlingPlan(world.Dice));
        _host = Build();
        Client = _host.Services.GetRequiredService<ILateClient<OwnerHandler>>();
    }

    public string Name { get; }

    /// <summary>How much passes on its clocks while a second passes in the world.</summary>
    public double Rate { get; }

    public HostProcess Process { get; }

    public HostTime Time { get; }

    public Ownership Ownership { get; }

    public StoreLine Store { get; }

    public HandlingPlan Handling { get; }

    public LeaseMoments Moments => _world.Moments;

    public ILateClient<OwnerHandler> Client { get; }

    /// <summary>The callback that runs; null for none.</summary>
    public string? RunningCallback { get; private set; }

    /// <summary>A life has begun, and HandleTerminate has not run.</summary>
    public bool IsAlive { get; private set; }

    /// <summary>A callback was no longer waited for.</summary>
    public bool HasAbandoned { get; private set; }

    /// <summary>It stops, or has stopped.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>It has ended, or was killed.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Since when nothing keeps it from taking the lease; null where something does.</summary>
    public TimeSpan? AbleSince { get; private set; }

    public void Start() => _ = FollowAsync(_host.StartAsync());

    /// <summary>Its process is killed: nothing of it runs any more.</summary>
    public void Kill()
    {
        Process.Kill();
        IsOver = true;
        _world.Server.OnKilled(this);
    }

    /// <summary>Its meters would be kept by the process of the simulation, and with them all of a host that was killed.</summary>
    public void Dispose() => _host.Dispose();

    public void Stop()
    {
        if (!IsStopping && !IsOver)
        {
            IsStopping = true;
            _world.Trace.Write($"{Name}: stops");
            _ = StopAsync();
        }
    }

    /// <summary>Runs a callback: most take no time.</summary>
    /// <param name="callback">Its name.</param>
    /// <param name="cancellationToken">That of the callback.</param>
    /// <param name="least">How long it takes at least.</param>
    public async Task RunAsync(string callback, CancellationToken cancellationToken, TimeSpan least = default)
    {
        _world.Verdict.Require(RunningCallback is null || HasAbandoned, "P1", $"{Name}: {callback} begins, and {RunningCallback} runs");
        RunningCallback = callback;
        if (least > TimeSpan.Zero || _world.Dice.Chance(_world.Plan.SlowPercent))
        {
            await Task.Delay(least + _world.Dice.Time(1, 3000), Time, _world.Dice.Chance(50) ? cancellationToken : CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        RunningCallback = null;
    }

    public void BeginLife()
    {
        _world.Verdict.Require(!IsAlive || HasAbandoned, "P3", $"{Name}: a life begins before the last has ended");
        Ownership.OnLife();
        IsAlive = true;
    }

    public void EndLife(LateTerminateReason reason)
    {
        _world.Trace.Write($"{Name}: HandleTerminate, {reason.Kind}");
        IsAlive = false;
    }

    /// <summary>With nothing else to do: whether something keeps it from taking the lease.</summary>
    public void CheckNow()
    {
        var isAble = !Process.IsFrozen && !IsOver && !IsStopping && !Store.IsCut && !Store.IsReleasing && !_world.Store.IsAway && Client.State == LateConnectionState.Standby;
        AbleSince = !isAble ? null : AbleSince ?? _world.Time.Elapsed;
    }

    private async Task FollowAsync(Task starting)
    {
        try
        {
            await starting;
        }
        catch (Exception exception)
        {
            _world.Verdict.Require(IsStopping || Process.IsKilled, "P13", $"{Name}: the start failed: {exception.GetType().Name}");
        }
    }

    private async Task StopAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), Time);
        try
        {
            await _host.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
        }

        _host.Dispose();
        IsOver = true;
        _world.Trace.Write($"{Name}: has stopped");
        _world.Verdict.Require(!IsAlive || HasAbandoned, "P3", $"{Name}: it has stopped, and HandleTerminate has not run");
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ILoggerFactory>(new LeaseLogs(this, _world));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(this);
        builder.Services.AddSingleton<Randomizer>(_world.Dice.Fraction);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddLateConnection<OwnerHandler>(options =>
        {
            options.Uri = new Uri("ws://feed.example/");
            options.OnFault = LateFaultBehavior.Restart;
            options.HandlerErrors = Handling.Errors;
            (options.Reconnect.BaseDelay, options.Reconnect.MaxDelay) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));
            (options.Restart.BaseDelay, options.Restart.MaxDelay) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));
            options.CloseTimeout = Handling.CloseTimeout;
            options.CallbackGracePeriod = Handling.GracePeriod;
        }).UseLease("feed", options => (options.Ttl, options.Margin, options.AcquireInterval) = (_world.Plan.Ttl, _world.Plan.Margin, _world.Plan.AcquireInterval));
        builder.Services.AddSingleton<ILateLeaseStore>(Store);
        builder.Services.AddKeyedSingleton<ITransport>(Connection, new OwnerTransport(_world, this));
        return builder.Build();
    }

    /// <summary>A callback was no longer waited for.</summary>
    public void OnLog(int id) => HasAbandoned |= id is 13 or 14 or 15;

    /// <summary>No console, no signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
