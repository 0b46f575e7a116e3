using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Reporting;

/// <summary>From results to lines.</summary>
internal static class Rows
{
    public static IEnumerable<Row> From(Work work, Results results) => results.Metrics.Select(metric =>
    {
        var names = Names.All.Where(name => results.Rounds(metric, name).Count > 0).ToList();
        var (late, plain) = (results.Median(metric, Names.Late), results.Median(metric, Names.Plain));
        // The plain loop allocates next to nothing: a ratio to that means nothing.
        var ratio = metric == Metric.Allocated ? null : late / plain;
        var target = work.Targets.FirstOrDefault(target => target.Metric == metric);
        var measured = target?.IsRatio == false ? late : ratio;
        return new Row(
            work.Name,
            metric,
            names.ToDictionary(name => name, name => results.Median(metric, name)!.Value),
            names.ToDictionary(name => name, name => results.Rounds(metric, name)),
            ratio,
            target?.ToString(),
            measured is { } reached ? target?.IsMet(reached) : null);
    });
}
