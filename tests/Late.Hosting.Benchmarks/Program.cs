using BenchmarkDotNet.Running;
using Late.Hosting.Benchmarks;
using Late.Hosting.Benchmarks.Server;

switch (args)
{
    case ["--server", .. var rest]:
        await BenchmarkServer.RunAsync(isPinned: rest.Contains("--pinned"));
        break;
    case ["--micro", .. var filter]:
        BenchmarkSwitcher.FromAssembly(typeof(Settings).Assembly).Run(["--filter", .. filter.DefaultIfEmpty("*")]);
        break;
    default:
        await Driver.RunAsync(Settings.Parse(args));
        break;
}
