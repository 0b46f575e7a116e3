namespace Late.Hosting.Configuration;

/// <summary>Finds what was meant by a name that does not exist.</summary>
internal static class Similar
{
    /// <summary>The name that is most like the given one; null where none is.</summary>
    public static string? To(string name, IEnumerable<string> names)
    {
        // One letter in three may be wrong.
        var most = Math.Min(3, name.Length / 3);
        return names
            .Select(other => (Name: other, Distance: Distance(name, other)))
            .Where(other => other.Distance <= most)
            .OrderBy(static other => other.Distance)
            .Select(static other => other.Name)
            .FirstOrDefault();
    }

    /// <summary>The advice for a name that does not exist.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> names) =>
        $"{(To(name, names) is { } similar ? $"Did you mean {similar}? " : "")}There {(names.Count == 0 ? "is none" : $"are: {string.Join(", ", names)}")}.";

    /// <summary>How many letters are missing, added, other, or in the place of their neighbor; case, "_" and "-" do not matter.</summary>
    private static int Distance(string first, string second)
    {
        first = Normalized(first);
        second = Normalized(second);
        var distances = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var other = first[i - 1] == second[j - 1] ? 0 : 1;
                distances[i, j] = Math.Min(Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1, distances[i - 1, j - 1] + other);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
                }
            }
        }

        return distances[first.Length, second.Length];
    }

    private static string Normalized(string name) => name
        .Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
