using System.Globalization;
using Late.Hosting.Soak;
using Late.Hosting.Soak.Measuring;
using Late.Hosting.Soak.Succession;

// "--minutes 10" or "--seconds 20": flood, calls and forced reconnects together for so long; fails on growth.
// "--in-succession 100000": so many connections are started and stopped by a supervisor; fails where something of them is left.
using var buffers = new RentedBuffers(); // First of all, so that it sees every buffer that is rented.
IReadOnlyList<string> problems;
switch (args)
{
    case ["--minutes", var minutes]:
        problems = await Run.ForAsync(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), buffers);
        break;
    case ["--seconds", var seconds]:
        problems = await Run.ForAsync(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), buffers);
        break;
    case ["--in-succession", var connections]:
        problems = await SuccessionRun.WithAsync(int.Parse(connections, CultureInfo.InvariantCulture), buffers);
        break;
    default:
        Console.Error.WriteLine("Specify --minutes N, --seconds N or --in-succession N.");
        return 2;
}

foreach (var problem in problems)
{
    Console.WriteLine($"FAILED: {problem}");
}

Console.WriteLine(problems.Count == 0 ? "All is as it should be." : $"{problems.Count} of the checks have failed.");
return problems.Count == 0 ? 0 : 1;
