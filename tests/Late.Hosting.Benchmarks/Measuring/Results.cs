namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>What the rounds gave for one piece of work: by metric and contestant, a figure for each round.</summary>
internal sealed class Results
{
    private readonly List<string> _metrics = [];
    private readonly Dictionary<(string Metric, string Contestant), List<double>> _rounds = [];

    public IReadOnlyList<string> Metrics => _metrics;

    public void Add(string contestant, IReadOnlyDictionary<string, double> figures)
    {
        foreach (var (metric, value) in figures)
        {
            if (!_metrics.Contains(metric))
            {
                _metrics.Add(metric);
            }

            if (!_rounds.TryGetValue((metric, contestant), out var rounds))
            {
                _rounds[(metric, contestant)] = rounds = [];
            }

            rounds.Add(value);
        }
    }

    public IReadOnlyList<double> Rounds(string metric, string contestant) =>
        _rounds.TryGetValue((metric, contestant), out var rounds) ? rounds : [];

    public double? Median(string metric, string contestant)
    {
        var sorted = Rounds(metric, contestant).Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
