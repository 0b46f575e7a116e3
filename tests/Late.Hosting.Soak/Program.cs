using Late.Hosting.Soak;
using Late.Hosting.Soak.Measuring;

// Flood, calls and forced reconnects together, for a given time: "--minutes 10" or "--seconds 20". Fails on growth.
var duration = args switch
{
    ["--minutes", var minutes] => TimeSpan.FromMinutes(double.Parse(minutes, System.Globalization.CultureInfo.InvariantCulture)),
    ["--seconds", var seconds] => TimeSpan.FromSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)),
    [] => TimeSpan.FromMinutes(1),
    _ => TimeSpan.Zero,
};
if (duration < TimeSpan.FromSeconds(10))
{
    Console.Error.WriteLine("Give --minutes N or --seconds N, and at least 10 seconds.");
    return 2;
}

// First of all, so that it sees every buffer that is rented.
using var buffers = new RentedBuffers();
var problems = await Run.ForAsync(duration, buffers);
foreach (var problem in problems)
{
    Console.WriteLine($"FAILED: {problem}");
}

Console.WriteLine(problems.Count == 0 ? "Nothing has grown." : $"{problems.Count} of the checks have failed.");
return problems.Count == 0 ? 0 : 1;
