namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Something that several contestants do.</summary>
/// <param name="Group">What <c>--only</c> chooses it by.</param>
/// <param name="Name">What it is.</param>
/// <param name="Kind">How it is measured.</param>
/// <param name="Contestants">Who does it.</param>
/// <param name="Targets">What is wanted of Late.Hosting.</param>
internal sealed record Work(
    string Group, string Name, WorkKind Kind, IReadOnlyDictionary<string, Func<ITrial>> Contestants, params IReadOnlyList<Target> Targets);
