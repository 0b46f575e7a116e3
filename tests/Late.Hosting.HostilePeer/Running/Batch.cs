using System.Diagnostics;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>Hands seeds out to processes of this program, and gathers what they report.</summary>
internal sealed class Batch(Settings settings)
{
    // Most scripts wait most of their time.
    private const int WorkersPerProcessor = 2;

    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Coverage _coverage = new();
    private readonly List<ulong> _failed = [];
    private readonly Queue<ulong> _regressions = new(settings.From is null ? Regressions.Seeds : []);
    private readonly ulong _first = settings.From ?? (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() % 1_000_000_000;
    private ulong _drawn;

    public int Run()
    {
        Console.WriteLine($"from seed {_first}");
        Control.Start();
        var threads = Enumerable.Range(0, settings.Workers ?? WorkersPerProcessor * Environment.ProcessorCount).Select(_ => new Thread(Work)).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        Console.Write(_coverage);
        Console.WriteLine($"{_coverage.Seeds} seeds in {_clock.Elapsed.TotalSeconds:0.0} s from {_first}; {_failed.Count} failed {string.Join(" ", _failed)}");
        return _failed.Count == 0 ? 0 : 1;
    }

    private void Work()
    {
        WorkerProcess? worker = null;
        try
        {
            while (Next() is { } seed)
            {
                worker ??= new WorkerProcess();
                var broken = worker.Run(seed, out var trace, out var isUsable);
                Report(seed, broken, trace);
                if (!isUsable)
                {
                    worker.Dispose();
                    worker = null;
                }
            }
        }
        finally
        {
            worker?.Dispose();
        }
    }

    private ulong? Next()
    {
        lock (_gate)
        {
            if (_failed.Count >= settings.MostFailures)
            {
                return null;
            }

            if (_regressions.TryDequeue(out var regression))
            {
                return regression;
            }

            return _drawn >= settings.Seeds || _clock.Elapsed >= settings.Time ? null : _first + _drawn++;
        }
    }

    private void Report(ulong seed, IReadOnlyList<string> broken, string trace)
    {
        var script = Draw.Script(seed);
        lock (_gate)
        {
            _coverage.Add(script);
            if (broken.Count == 0)
            {
                return;
            }

            if (_failed.Count == 0)
            {
                Console.Write(script);
                Console.WriteLine(trace);
            }

            // Timing may not bring it back: what happened this time is kept.
            var file = Path.Combine(Path.GetTempPath(), $"hostile-peer-{seed}.txt");
            File.WriteAllText(file, $"{script}{trace}");
            _failed.Add(seed);
            Console.WriteLine(
                $"FAILED  seed {seed} after {_clock.Elapsed.TotalSeconds:0.0} s: {string.Join("\n    ", broken.Take(5))}\n"
                + $"        replay it: dotnet run -c Release --project tests/Late.Hosting.HostilePeer -- --seed {seed}\n"
                + $"        what happened this time: {file}");
        }
    }
}
