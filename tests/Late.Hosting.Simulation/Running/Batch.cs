using System.Diagnostics;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Running;

/// <summary>Runs the worlds of this process, one after the other, on its one thread.</summary>
internal sealed class Batch(Settings settings)
{
    private static readonly TimeSpan s_longestWorld = TimeSpan.FromSeconds(10);

    private readonly List<ulong> _failed = [];
    private World? _world;
    private ulong _current;
    private ulong _count;

    public static int Run(Settings settings)
    {
        OneThread.Limit();
        using var buffers = new PooledBuffers();
        return new Batch(settings).RunToEnd();
    }

    private int RunToEnd()
    {
        var clock = Stopwatch.StartNew();
        var running = Task.Run(RunAllAsync);
        for (var before = 0UL; !running.Wait(s_longestWorld); before = _count)
        {
            if (_count == before)
            {
                Console.WriteLine($"seed {_current} does not end: it goes round in circles without time passing\n{_world?.Story}");
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
            var report = await RunOneAsync(seed);
            Console.Write(report.Story);
            return;
        }

        var clock = Stopwatch.StartNew();
        for (var next = settings.From; settings.Seeds is { } seeds ? _count < seeds : clock.Elapsed < settings.Time; next += settings.Step)
        {
            await RunOneAsync(next);
            if (_failed.Count >= 10)
            {
                break;
            }
        }
    }

    private async Task<Report> RunOneAsync(ulong seed)
    {
        _current = seed;
        _world = new World(seed);
        var report = await _world.RunAsync();
        _count++;
        if (report.Broken.Count > 0)
        {
            _failed.Add(seed);
            Console.WriteLine($"seed {seed}: {string.Join("\n    ", report.Broken.Take(5))}");
        }

        return report;
    }
}
