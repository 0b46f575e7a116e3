using System.Globalization;

namespace Late.Hosting.Benchmarks.Restart;

/// <summary>How a server restarts.</summary>
/// <param name="Connections">How many it has.</param>
/// <param name="PerSecond">The rate of their connect budget; null where they have none.</param>
/// <param name="Away">How long it is away.</param>
internal sealed record RestartSettings(int Connections, int? PerSecond, TimeSpan Away)
{
    /// <summary>Reads <see cref="ToArguments"/>.</summary>
    public static RestartSettings Parse(IReadOnlyList<string> arguments) => new(
        int.Parse(arguments[0], CultureInfo.InvariantCulture),
        int.TryParse(arguments[1], CultureInfo.InvariantCulture, out int perSecond) ? perSecond : null,
        TimeSpan.FromSeconds(double.Parse(arguments[2], CultureInfo.InvariantCulture)));

    public IEnumerable<string> ToArguments() =>
        [$"{Connections}", PerSecond is { } perSecond ? $"{perSecond}" : "unlimited", Away.TotalSeconds.ToString(CultureInfo.InvariantCulture)];
}
