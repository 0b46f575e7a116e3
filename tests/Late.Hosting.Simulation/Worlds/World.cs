using Late.Hosting.Budgets;
using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>One life of a host and its connections, from its start to its end: everything in it comes from the seed.</summary>
internal sealed class World
{
    // Worlds are short; one that is not would hold up all others.
    private const int MostSteps = 6000;

    private readonly ulong _seed;
    private bool _hasFailedStart;
    private bool _isDisposed;
    private int _orders;
    private Fleet? _fleet;
    private ConnectBudget? _line;
    private HostStop? _stop;

    public World(ulong seed)
    {
        _seed = seed;
        Dice = new Dice(seed);
        Chances = new Chances(seed);
        Plan = WorldPlan.Draw(Dice, Chances.Extras, Chances.Lives, Chances.Switches, Chances.Slots).WithReaders(Chances.Readers, Chances.Streams);
        Time = new SimulatedTime(Dice) { ShufflesTies = Dice.Chance(50) };
        Began = Time.GetUtcNow();
        Trace = new WorldTrace(Time);
        Verdict = new Verdict(Trace);
        Logs = new TraceLogs(this);
        Calls = new CallWorld(this, seed);
        Settings = new SimulatedSettings(this);
        Subjects = new Subjects(this);
        Retained = new Retained(this);
        Budget = Plan.Budget is { } budget ? new Budget(this, budget) : null;
    }

    public Dice Dice { get; }

    /// <summary>The choices that its dice do not make.</summary>
    public Chances Chances { get; }

    /// <summary>What it draws for calls in addition to its plan.</summary>
    public CallWorld Calls { get; }

    public WorldPlan Plan { get; }

    public SimulatedTime Time { get; }

    public DateTimeOffset Began { get; }

    public WorldTrace Trace { get; }

    public Verdict Verdict { get; }

    public TraceLogs Logs { get; }

    public SimulatedSettings Settings { get; }

    public Subjects Subjects { get; }

    public Retained Retained { get; }

    /// <summary>The budget of all attempts; null where there is none.</summary>
    public Budget? Budget { get; }

    /// <summary>The host was asked to stop.</summary>
    public bool IsAskedToStop { get; set; }

    /// <summary>The host is asked to stop, or its start has failed.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Waits; indefinitely where there is no <paramref name="delay"/>.</summary>
    public async Task DelayAsync(TimeSpan? delay, CancellationToken cancellationToken)
    {
        if (delay == TimeSpan.Zero)
        {
            return;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (delay is { } time)
        {
            Time.After(time, () => done.TrySetResult());
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), done))
        {
            await done.Task;
        }
    }

    public async Task<Report> RunAsync()
    {
        var buffers = PooledBuffers.Outstanding;
        await LiveAsync();
        await OneThread.QuietAsync();
        if (Subjects.All.All(static subject => !subject.HasHung && !subject.Logs.HasAbandoned))
        {
            Verdict.Require(PooledBuffers.Outstanding == buffers, "P5", $"{PooledBuffers.Outstanding - buffers} pooled buffers were not given back");
        }

        return new Report(_seed, Verdict.Broken, Trace);
    }

    /// <summary>The number of the next start or stop by key.</summary>
    public int NextOrder() => ++_orders;

    /// <summary>Changes the configuration, while there is a host to observe it.</summary>
    public void Reload()
    {
        if (!_isDisposed)
        {
            Settings.Reload();
        }
    }

    /// <summary>Stops the host after a time, unless it stops before.</summary>
    public void StopAfter(TimeSpan delay) => Time.After(delay, _stop!.Begin);

    public void MarkStopping() => IsStopping = true;

    private async Task LiveAsync()
    {
        using var host = SimulatedHost.Build(this);
        if (Plan.Fleet is { } fleet)
        {
            _fleet = new Fleet(this, host.Services.GetRequiredService<ILateSupervisor<SimulationHandler>>(), fleet);
        }
        else
        {
            Subjects.Open(host.Services.GetRequiredService<ILateClient<SimulationHandler>>());
        }

        _line = host.Services.GetKeyedService<ConnectBudget>("simulated");
        Trace.Write($"trouble {Plan.Trouble}, lasts {Plan.Lasts}, {Plan.Options.Startup}, {Plan.Options.HandlerErrors}, mailbox {Plan.Options.MailboxCapacity}");
        var stop = new HostStop(this, host);
        var starting = host.StartAsync();
        _ = FollowStartAsync(starting, stop);
        _stop = stop;
        StopAfter(Plan.Lasts);
        ActLater(Plan.IsInvalid ? 0 : Plan.Actions);
        await StepAsync();
        var steps = 0;
        while (!stop.IsDone && Time.TryRunNext())
        {
            if (++steps == MostSteps)
            {
                stop.Begin();
            }

            if (!(Plan.RunsOn && Time.IsNextDueNow && Dice.Chance(50)))
            {
                await StepAsync();
            }

            Verdict.Require(steps < 10 * MostSteps, "P9", $"the world does not end");
            if (steps >= 10 * MostSteps)
            {
                return;
            }
        }

        await StepAsync();
        await EndAsync(host, stop);
    }

    private async Task FollowStartAsync(Task starting, HostStop stop)
    {
        try
        {
            await starting;
            Verdict.Require(!Plan.IsInvalid, "P13", $"the host started with settings that are wrong");
            foreach (var subject in Plan.IsSupervised ? [] : Subjects.All)
            {
                var needsReady = subject.Options.Startup != LateStartupMode.Background;
                Verdict.Require(
                    !needsReady || subject.Statuses.Seen.Any(status => status.State == LateConnectionState.Ready), "P3", $"the start is over, and the connection was never ready");
            }

            Trace.Write($"the host has started");
        }
        catch (Exception exception)
        {
            Trace.Write($"the host's start failed: {exception.GetType().Name}");
            SecretCheck.OfException(Verdict, exception);
            SecretCheck.OfText(Verdict, "the start's failure", exception.Message);
            _hasFailedStart = true;
            stop.OnStartFailed(exception);
        }
    }

    private void ActLater(int left)
    {
        if (left > 0)
        {
            var delay = Dice.Chance(Plan.BurstPercent) ? TimeSpan.Zero : Dice.Time(1, (int)Plan.LongestPause.TotalMilliseconds);
            Time.After(delay, () =>
            {
                Act();
                ActLater(left - 1);
            });
        }
    }

    private void Act()
    {
        if (_isDisposed)
        {
            return;
        }

        if (_fleet is { } fleet && (Subjects.All.Count == 0 || Dice.Chance(40)))
        {
            fleet.Act();
        }
        else if (Subjects.All[Dice.Below(Subjects.All.Count)] is var subject && subject.Topics?.TryAct() != true && subject.Streams?.TryAct() != true)
        {
            subject.Callers.Act();
        }
    }

    private async Task StepAsync()
    {
        await OneThread.QuietAsync();
        foreach (var subject in Subjects.All)
        {
            subject.CheckNow();
        }

        _fleet?.CheckNow();
        Budget?.CheckNow(_line!.Waiting);
    }

    /// <summary>The host is stopped: nothing is left of its connections.</summary>
    private async Task EndAsync(IHost host, HostStop stop)
    {
        if (!Plan.IsInvalid)
        {
            foreach (var subject in Subjects.All)
            {
                subject.Callers.Call();
            }

            await OneThread.QuietAsync();
            foreach (var subject in Subjects.All)
            {
                subject.Statuses.CheckOver();
            }
        }

        foreach (var subject in Subjects.All)
        {
            subject.CheckOver();
        }

        _fleet?.CheckOver();
        Verdict.Require(!(_line?.Waiting > 0), "P5", $"{_line?.Waiting} attempts are still in the line");
        if (_line is not null)
        {
            // It is the container's, and may have a pause to wait for.
            _isDisposed = true;
            host.Dispose();
            await OneThread.QuietAsync();
        }

        Verdict.Require(Time.ArmedTimers == 0, "P5", $"{Time.ArmedTimers} timers are still to fire");
        stop.CheckClose(_hasFailedStart);

        // Whatever comes too late finds nothing to break.
        for (var left = 100; left > 0 && Time.TryRunNext(); left--)
        {
            await OneThread.QuietAsync();
        }
    }
}
