using System.Diagnostics;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Reporting;
using Late.Hosting.Benchmarks.Server;

namespace Late.Hosting.Benchmarks;

/// <summary>Goes through the work, and reports.</summary>
internal static class Driver
{
    public static async Task RunAsync(Settings settings)
    {
        using var listener = MetricsListener.Start(settings.Listener);
        var work = Catalogue.All.Where(settings.Includes).ToList();
        var rows = new List<Row>();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { IsPinned = settings.IsPinned, StreamsPerConnection = settings.Streams }))
        {
            foreach (var item in work.Where(item => item.IsPinned == settings.IsPinned))
            {
                Console.Error.WriteLine(item.Name);
                rows.AddRange(Rows.From(item, await Rounds.RunAsync(item, settings, server.Address)));
            }
        }

        if (!settings.IsPinned)
        {
            if (work.Any(item => item.IsPinned))
            {
                rows.AddRange(await RunPinnedAsync(settings));
            }

            Console.WriteLine(MarkdownTable.Of(rows));
        }

        if (settings.JsonFile is { } path)
        {
            await JsonFile.WriteAsync(path, rows);
        }
    }

    /// <summary>Runs the round trips in a process that has one core, and its server the same one.</summary>
    private static async Task<IReadOnlyList<Row>> RunPinnedAsync(Settings settings)
    {
        var file = Path.GetTempFileName();
        try
        {
            using var process = Process.Start(Self.Start([.. settings.ToArguments(), "--pinned", "--json", file], "taskset", "-c", "0"))!;
            await process.WaitForExitAsync();
            Environment.ExitCode |= process.ExitCode;
            return new FileInfo(file).Length > 0
                ? await JsonFile.ReadAsync(file)
                : throw new InvalidOperationException($"The process on one core ended with {process.ExitCode}.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
