using System.Globalization;
using BenchmarkDotNet.Running;
using Late.Hosting.Benchmarks;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Page;
using Late.Hosting.Benchmarks.Pairs;
using Late.Hosting.Benchmarks.Restart;
using Late.Hosting.Benchmarks.Server;
using Late.Hosting.Benchmarks.Topics;

switch (args)
{
    case ["--server", .. var rest]:
        await BenchmarkServer.RunAsync(ServerSettings.Parse(rest));
        break;
    case ["--hold", var contestant, var server]:
        await ManyConnections.HoldHereAsync(contestant, ServerAddress.Parse(server));
        break;
    case ["--many", var contestant, var server, var count, var httpVersion]:
        await ThousandsOfConnections.MeasureHereAsync(
            contestant, ServerAddress.Parse(server), int.Parse(count, CultureInfo.InvariantCulture), Version.Parse(httpVersion));
        break;
    case ["--restart", .. var rest]:
        ChildProcess.Report(await RestartRun.MeasureAsync(RestartSettings.Parse(rest)));
        break;
    case ["--page"]:
        await PageRun.RunAsync();
        break;
    case ["--cpu", var figure]:
        await CpuRun.PrintAsync(figure);
        break;
    case ["--pairs", var otherProgram, "--rounds", var rounds, .. var figures]:
        await PairedRuns.RunAsync(otherProgram, int.Parse(rounds, CultureInfo.InvariantCulture), figures is [] ? CpuRun.Figures : figures);
        break;
    case ["--topics", "--rounds", var rounds]:
        await TopicPairs.RunAsync(int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["--micro", .. var filter]:
        BenchmarkSwitcher.FromAssembly(typeof(Settings).Assembly).Run(["--filter", .. filter.DefaultIfEmpty("*")]);
        break;
    default:
        await Driver.RunAsync(Settings.Parse(args));
        break;
}
