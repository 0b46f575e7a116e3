using System.Diagnostics;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Simulation.Leases;
using Late.Hosting.Simulation.Spreading;
using Late.Hosting.Simulation.Worlds;
using Late.Hosting.Tests.Shared.Seeds;

namespace Late.Hosting.Simulation.Running;

/// <summary>Runs the worlds of this process, one after the other, on its one thread.</summary>
internal sealed class Batch(Settings settings)
{
    // Looking for unobserved failures takes as long as many worlds.
    private const int WorldsPerCollection = 500;

    private const int WorldsPerVerification = 20;

    // One of so many seeds has a second world, of hosts with one lease. Such a world is large: a prime deals them out evenly to the workers.
    private const ulong SeedsPerLease = 7;

    // And one of so many has a third one, of hosts that share the keys of a supervisor.
    private const ulong SeedsPerSpread = 31;

    private static readonly TimeSpan s_longestWorld = TimeSpan.FromSeconds(10);

    private readonly List<ulong> _failed = [];
    private readonly List<Report> _unverified = [];
    private readonly List<ulong> _uncollected = [];
    private WorldTrace? _trace;
    private ulong _current;
    private ulong _count;

    public static int Run(Settings settings)
    {
        OneThread.Limit();
        Unobserved.Watch();
        using var buffers = new PooledBuffers();
        var pairs = new PairCounts();
        Phases.Observer = settings.PairsFile is null ? null : pairs;
        var batch = new Batch(settings);
        var code = batch.RunToEnd();
        if (settings.PairsFile is { } path)
        {
            pairs.Save(path, batch._count);
        }

        return code;
    }

    private int RunToEnd()
    {
        var clock = Stopwatch.StartNew();
        var running = Task.Run(RunAllAsync);
        var (before, work) = (0UL, TimeSpan.Zero);
        while (!running.Wait(s_longestWorld))
        {
            if (_count != before)
            {
                (before, work) = (_count, Environment.CpuUsage.TotalTime);
            }
            else if (Environment.CpuUsage.TotalTime - work > s_longestWorld)
            {
                // Not the time that passed: on a busy machine the first world alone takes long.
                Console.WriteLine($"seed {_current} does not end: it goes round in circles, and no time passes. Its trace:\n{_trace}");
                return 1;
            }
        }

        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"{_count} worlds in {seconds:0.0} s, {_count / seconds:0} a second; {_failed.Count} failed {string.Join(" ", _failed)}");
        return _failed.Count == 0 ? 0 : 1;
    }

    private async Task RunAllAsync()
    {
        if (settings.Seed is { } seed)
        {
            Console.Write((await RunOneAsync(seed)).Trace);
            return;
        }

        if (settings.RunsRegressions)
        {
            foreach (var regression in Regressions.Seeds)
            {
                await RunOneAsync(regression);
                _uncollected.Add(regression);
            }
        }

        var clock = Stopwatch.StartNew();
        var left = settings.Seeds ?? ulong.MaxValue;
        for (var next = settings.From; left > 0 && !(clock.Elapsed >= settings.Time) && _failed.Count < settings.MostFailures; next += settings.Step, left--)
        {
            var report = await RunOneAsync(next);
            if (settings.Verifies)
            {
                _unverified.Add(report);
                if (_unverified.Count == WorldsPerVerification)
                {
                    await VerifyAsync();
                }
            }

            _uncollected.Add(next);
            if (_uncollected.Count >= WorldsPerCollection || left == 1)
            {
                await CollectAsync();
            }
        }

        await VerifyAsync();
    }

    private async Task<Report> RunOneAsync(ulong seed)
    {
        _current = seed;
        var world = new World(seed);
        var report = await RunToReportAsync(world.RunAsync, seed, world.Trace);
        if (seed % SeedsPerLease == 0)
        {
            var leases = new LeaseWorld(seed);
            report = report.With(await RunToReportAsync(leases.RunAsync, seed, leases.Trace));
        }

        if (seed % SeedsPerSpread == 0)
        {
            var spread = new SpreadWorld(seed);
            report = report.With(await RunToReportAsync(spread.RunAsync, seed, spread.Trace));
        }

        _count++;
        if (report.Broken.Count > 0)
        {
            Fail(report.Seed, string.Join("\n    ", report.Broken.Take(5)), report.Trace);
        }

        return report;
    }

    /// <summary>A world whose checks throw has failed: its seed is what matters.</summary>
    private async Task<Report> RunToReportAsync(Func<Task<Report>> run, ulong seed, WorldTrace trace)
    {
        _trace = trace;
        try
        {
            return await run();
        }
        catch (Exception exception)
        {
            return new Report(seed, [$"the world threw {exception}"], trace);
        }
    }

    /// <summary>Runs worlds again, the last first: each gives the trace that it gave before.</summary>
    private async Task VerifyAsync()
    {
        foreach (var first in Enumerable.Reverse(_unverified))
        {
            var second = await RunOneAsync(first.Seed);
            if (second.Trace.Hash() != first.Trace.Hash())
            {
                Fail(first.Seed, "its second trace differs from its first", second.Trace);
                await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), $"{first.Seed}.first"), first.Trace.ToString());
                await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), $"{first.Seed}.second"), second.Trace.ToString());
            }
        }

        _unverified.Clear();
    }

    /// <summary>Looks for failed tasks that were not observed; where there are any, world by world.</summary>
    private async Task CollectAsync()
    {
        if (Unobserved.Collect() > 0)
        {
            foreach (var seed in _uncollected)
            {
                var report = await RunOneAsync(seed);
                if (Unobserved.Collect() > 0)
                {
                    Fail(seed, $"P5: a task failed, and was not observed: {Unobserved.Last}", report.Trace);
                }
            }
        }

        _uncollected.Clear();
    }

    private void Fail(ulong seed, string what, WorldTrace trace)
    {
        if (_failed.Count == 0)
        {
            Console.Write(trace);
        }

        Console.WriteLine($"FAILED  seed {seed}: {what}\n        replay it: dotnet run -c Release --project tests/Late.Hosting.Simulation -- --seed {seed}");
        _failed.Add(seed);
    }
}
