namespace Late.Hosting.Analyzers;

/// <summary>The names of callbacks: <c>Init</c> or <c>Handle…</c>, with or without <c>Async</c>.</summary>
internal static class CallbackName
{
    private const string Suffix = "Async";

    /// <summary>What distinguishes a callback from the others: <c>In</c> of <c>HandleIn</c>, with Async or without; null for any other name.</summary>
    public static string? Stem(string name)
    {
        name = WithoutAsync(name);
        return name.StartsWith("Handle", StringComparison.Ordinal) && name.Length > 6 ? name.Substring(6) : name == "Init" ? name : null;
    }

    /// <summary>The name without <c>Async</c>.</summary>
    public static string WithoutAsync(string name) =>
        name.EndsWith(Suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - Suffix.Length) : name;

    /// <summary>True where a name is so close to a callback's that it is taken for a misspelling.</summary>
    public static bool IsMisspelling(string name, string callback)
    {
        var wanted = WithoutAsync(callback);
        var tolerated = wanted.Length >= 13 ? 2 : 1; // HandleConnect and longer; shorter names lie too close to each other.
        var distance = Distance(WithoutAsync(name).ToUpperInvariant(), wanted.ToUpperInvariant(), tolerated);
        return distance <= tolerated;
    }

    /// <summary>Insertions, deletions, substitutions and swaps of neighbors that lead from one to the other.</summary>
    public static int Distance(string one, string other, int enough = int.MaxValue - 1)
    {
        if (Math.Abs(one.Length - other.Length) > enough)
        {
            return enough + 1;
        }

        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                    rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[one.Length, other.Length];
    }
}
