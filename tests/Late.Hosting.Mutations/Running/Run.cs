using System.Diagnostics;
using System.Globalization;
using Late.Hosting.Mutations.Table;

namespace Late.Hosting.Mutations.Running;

/// <summary>Goes through the table.</summary>
internal static class Run
{
    public static int Start(Settings settings)
    {
        var mutations = All.Mutations.Where(mutation => settings.Only.Any(part => mutation.Name.Contains(part, StringComparison.Ordinal))
            && mutation.Finder.ToString().Contains(settings.Finder, StringComparison.Ordinal)).ToList();
        using var sources = new Sources(settings.Source ?? Sources.Find(), settings.Copy);
        return settings.IsList ? List(sources, mutations) : Look(sources, settings, mutations);
    }

    private static int List(Sources sources, List<Mutation> mutations)
    {
        var outdated = 0;
        foreach (var mutation in mutations)
        {
            var problem = sources.Apply(mutation);
            sources.Restore();
            outdated += problem is null ? 0 : 1;
            Console.WriteLine($"{mutation.Name,-52}{mutation.Finder,-28}{mutation.Breaks}{(problem is null ? "" : $"\n    DOES NOT FIT: {problem}")}");
        }

        Console.WriteLine($"{mutations.Count} mutations, {outdated} do not fit the sources");
        return mutations.Count > 0 && outdated == 0 ? 0 : 1;
    }

    private static int Look(Sources sources, Settings settings, List<Mutation> mutations)
    {
        var tool = new Tool(sources, settings);
        var missed = new List<string>();

        // One tool after the other: each is built whole once, and then only the library.
        foreach (var group in mutations.GroupBy(static mutation => mutation.Finder))
        {
            if (settings.IsAll && !IsClean(tool, group.Key))
            {
                missed.Add($"{group.Key} without a mutation");
                continue;
            }

            foreach (var mutation in group)
            {
                if (!IsFound(sources, tool, mutation))
                {
                    missed.Add(mutation.Name);
                }
            }
        }

        Console.WriteLine($"{mutations.Count} mutations, {missed.Count} not found {string.Join(", ", missed)}");
        return mutations.Count > 0 && missed.Count == 0 ? 0 : 1;
    }

    /// <summary>A tool that fails without a mutation would find every one.</summary>
    private static bool IsClean(Tool tool, Finder finder)
    {
        var problem = tool.Build(finder) ?? tool.Look(finder)?.What;
        Console.WriteLine($"{"(none)",-52}{finder,-28}{problem ?? "finds nothing"}");
        return problem is null;
    }

    private static bool IsFound(Sources sources, Tool tool, Mutation mutation)
    {
        var clock = Stopwatch.StartNew();
        var problem = sources.Apply(mutation) ?? tool.Build(mutation.Finder);
        var built = clock.Elapsed;
        var find = problem is null ? tool.Look(mutation.Finder) : null;
        sources.Restore();
        var result = problem is not null ? $"DOES NOT FIT: {problem}"
            : find is null ? $"NOT FOUND in {(clock.Elapsed - built).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s"
            : string.Create(CultureInfo.InvariantCulture, $"{(find.Seed.Length > 0 ? $"seed {find.Seed}, " : "")}{find.Time.TotalSeconds:0.0} s: {find.What}");
        Console.WriteLine($"{mutation.Name,-52}{mutation.Finder,-28}{mutation.Breaks}\n    {result}");
        return find is not null;
    }
}
