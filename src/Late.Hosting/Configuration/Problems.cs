namespace Late.Hosting.Configuration;

/// <summary>Collects what is wrong with options; each entry begins with the option's path.</summary>
/// <param name="section">The section that the options are in; null for options that are in none.</param>
/// <param name="found">Where the problems are added.</param>
internal sealed class Problems(string? section, List<string> found)
{
    public void Add(string option, string problem) => found.Add($"{PathOf(option)} {problem}");

    public void AddIf(string option, string? problem)
    {
        if (problem is not null)
        {
            Add(option, problem);
        }
    }

    /// <summary>True where a problem of this option is known already.</summary>
    public bool Has(string option) => found.Any(problem => problem.StartsWith($"{PathOf(option)} ", StringComparison.Ordinal));

    /// <summary>True where a problem of an entry of this option is known already.</summary>
    public bool HasWithin(string option) => found.Any(problem => problem.StartsWith($"{PathOf(option)}:", StringComparison.Ordinal));

    /// <summary>The same problems, for the options of a section in this one.</summary>
    public Problems Within(string option) => new(PathOf(option), found);

    private string PathOf(string option) => section is null ? option : $"{section}:{option}";
}
