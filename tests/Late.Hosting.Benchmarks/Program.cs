using System.Globalization;
using BenchmarkDotNet.Running;
using Late.Hosting.Benchmarks;
using Late.Hosting.Benchmarks.Measuring;
using Late.Hosting.Benchmarks.Server;

switch (args)
{
    case ["--server", .. var rest]:
        await BenchmarkServer.RunAsync(isPinned: rest.Contains("--pinned"));
        break;
    case ["--hold", var contestant, var rawPort, var httpPort]:
        await ManyConnections.HoldHereAsync(contestant, new ServerAddress(int.Parse(rawPort, CultureInfo.InvariantCulture), int.Parse(httpPort, CultureInfo.InvariantCulture)));
        break;
    case ["--micro", .. var filter]:
        BenchmarkSwitcher.FromAssembly(typeof(Settings).Assembly).Run(["--filter", .. filter.DefaultIfEmpty("*")]);
        break;
    default:
        await Driver.RunAsync(Settings.Parse(args));
        break;
}
