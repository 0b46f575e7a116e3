using System.Diagnostics;
using System.Globalization;
using System.Text;
using Late.Hosting.HostilePeer.Oracle;

namespace Late.Hosting.HostilePeer.Running;

/// <summary>A process that runs seeds; one that falls silent is killed, and its seed has failed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int LongestSeed = 60_000;

    private readonly Process _process;

    public WorkerProcess()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, "--worker") { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
    }

    /// <summary>Runs a seed.</summary>
    /// <returns>What it broke.</returns>
    public IReadOnlyList<string> Run(ulong seed, out string trace, out bool isUsable)
    {
        var (broken, traced) = (new List<string>(), new StringBuilder());
        _process.StandardInput.WriteLine(seed.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
        var end = Control.Now + Control.Ticks(LongestSeed);
        isUsable = false;
        while (true)
        {
            var reading = _process.StandardOutput.ReadLineAsync();
            while (!reading.Wait(Control.Tick) && Control.Now < end)
            {
            }

            if (!reading.IsCompleted)
            {
                broken.Add("P9: the seed does not end, and neither does its watch");
                break;
            }

            if (reading.Result is not { } line)
            {
                broken.Add($"the process has ended with {(_process.WaitForExit(1000) ? _process.ExitCode : null)}");
                break;
            }

            if (line is Worker.Ok or Worker.Hung)
            {
                isUsable = line == Worker.Ok;
                break;
            }

            if (line.StartsWith(Worker.Failed, StringComparison.Ordinal))
            {
                broken.Add(line[(Worker.Failed.Length + 1)..]);
            }
            else
            {
                traced.AppendLine(line);
            }
        }

        trace = traced.ToString();
        return broken;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
