using System.Diagnostics;
using Late.Hosting.EchoServer;
using Late.Hosting.Soak.Load;
using Late.Hosting.Soak.Measuring;

namespace Late.Hosting.Soak;

/// <summary>One run: warms up, loads for the rest of the time, and compares.</summary>
internal static class Run
{
    private const int Rows = 40;

    /// <summary>Runs for so long, and prints the table.</summary>
    /// <returns>What has grown.</returns>
    public static async Task<IReadOnlyList<string>> ForAsync(TimeSpan duration, RentedBuffers buffers)
    {
        await using var server = await ServerProcess.StartAsync();
        var clock = Stopwatch.StartNew();
        var problems = new List<string>();
        var samples = new List<Sample>();
        Table.WriteHeader();
        Sample start;
        Counters counters;
        await using (var host = new SoakHost(server.Port))
        {
            counters = host.Counters;
            start = Row("before the start");
            await host.StartAsync();
            await LoadAsync(host, duration / 4, "warm-up");
            var warm = await QuietAsync(host);
            samples.Clear();
            await LoadAsync(host, duration * 3 / 4);
            problems.AddRange(Growth.OfMemory(samples));
            problems.AddRange(Growth.OfHeld(warm, await QuietAsync(host), SoakHost.Connections));
        }

        problems.AddRange(Growth.OfLeft(start, Row("stopped")));
        Console.WriteLine($"{counters.Sessions} sessions; {counters.Answers} calls were answered, {counters.Failures} were not.");
        if (counters.Sessions < 2 * SoakHost.Connections || counters.Failures > counters.Answers / 10)
        {
            problems.Add("The load was not what it should be: too few sessions, or too many calls without an answer.");
        }

        return problems;

        Sample Row(string remark = "")
        {
            var sample = Sample.Take(clock.Elapsed, counters, buffers);
            Table.Write(sample, remark);
            return sample;
        }

        async Task LoadAsync(SoakHost host, TimeSpan time, string remark = "")
        {
            using var ended = new CancellationTokenSource(time, TimeProvider.System);
            var loading = host.LoadAsync(ended.Token);
            using var rows = new PeriodicTimer(duration / Rows, TimeProvider.System);
            while (!ended.IsCancellationRequested && await rows.WaitForNextTickAsync())
            {
                samples.Add(Row(remark));
            }

            await loading;
        }

        // The flood continues: the fewest buffers of some looks are those that wait for it.
        async Task<Sample> QuietAsync(SoakHost host)
        {
            var looks = new List<Sample>();
            for (var i = 0; i < 5; i++)
            {
                looks.Add(Sample.Take(clock.Elapsed, host.Counters, buffers));
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }

            var quiet = looks[^1] with { Buffers = looks.Min(look => look.Buffers), Timers = looks.Min(look => look.Timers), Handles = looks.Min(look => look.Handles) };
            Table.Write(quiet, "load off");
            return quiet;
        }
    }
}
