using System.Globalization;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Reporting;

/// <summary>The table that is printed.</summary>
internal static class MarkdownTable
{
    public static string Of(IReadOnlyList<Row> rows)
    {
        List<string[]> lines =
        [
            ["work", "", .. Names.All, "Late/plain", "target", "met"],
            .. rows.Select(row => (string[])
            [
                row.Work,
                row.Metric,
                .. Names.All.Select(name => row.Medians.TryGetValue(name, out var value) ? Figure(value) : ""),
                row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
                row.Target ?? "",
                row.IsMet switch { true => "yes", false => "NO", null => "" },
            ]),
        ];
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => Math.Max(3, lines.Max(line => line[column].Length))).ToList();
        lines.Insert(1, [.. widths.Select((width, column) => column < 2 ? new string('-', width) : new string('-', width - 1) + ":")]);
        return string.Join('\n', lines.Select(line =>
            "| " + string.Join(" | ", line.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |"));
    }

    private static string Figure(double value) => value switch
    {
        >= 1e6 => (value / 1e6).ToString("0.00", CultureInfo.InvariantCulture) + " M",
        >= 10_000 => (value / 1e3).ToString("0", CultureInfo.InvariantCulture) + " k",
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
