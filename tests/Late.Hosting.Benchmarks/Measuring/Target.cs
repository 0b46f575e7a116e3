namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>What is wanted: a ratio of Late.Hosting to the plain loop, or a figure by itself.</summary>
internal sealed record Target(string Metric, double Limit, bool IsFloor, bool IsRatio = true)
{
    public static Target AtLeast(string metric, double ratio) => new(metric, ratio, IsFloor: true);

    public static Target AtMost(string metric, double ratio) => new(metric, ratio, IsFloor: false);

    /// <summary>No allocation per message; what the process allocates in addition is not nothing.</summary>
    public static Target Nothing(string metric) => new(metric, 0.5, IsFloor: false, IsRatio: false);

    /// <summary>Not more than a figure.</summary>
    public static Target NotAbove(string metric, double value) => new(metric, value, IsFloor: false, IsRatio: false);

    public bool IsMet(double value) => IsFloor ? value >= Limit : value <= Limit;

    public override string ToString() =>
        IsRatio ? FormattableString.Invariant($"{(IsFloor ? "≥" : "≤")} {Limit:0.0##} ×") : FormattableString.Invariant($"≤ {Limit:0.0##}");
}
