namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Measures a contestant once.</summary>
/// <param name="bench">What it is measured with.</param>
/// <returns>The figures, by metric.</returns>
internal delegate Task<Dictionary<string, double>> Measurement(Bench bench);
