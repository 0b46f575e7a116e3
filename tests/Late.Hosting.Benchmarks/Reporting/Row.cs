namespace Late.Hosting.Benchmarks.Reporting;

/// <summary>One line of the table: what each contestant reached at one thing.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Medians">The median of each contestant.</param>
/// <param name="Rounds">Each round of each contestant.</param>
/// <param name="Ratio">Late.Hosting to the plain loop.</param>
/// <param name="Target">What is wanted.</param>
/// <param name="IsMet">Whether it is reached; null where nothing is wanted.</param>
internal sealed record Row(
    string Work,
    string Metric,
    IReadOnlyDictionary<string, double> Medians,
    IReadOnlyDictionary<string, IReadOnlyList<double>> Rounds,
    double? Ratio,
    string? Target,
    bool? IsMet);
