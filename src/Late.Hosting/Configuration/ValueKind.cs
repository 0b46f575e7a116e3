using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using static System.FormattableString;

namespace Late.Hosting.Configuration;

/// <summary>A kind of value: how it is written in the configuration, and which values are valid.</summary>
/// <param name="Parse">Reads a text; null where no text can hold the value.</param>
/// <param name="Expected">What the text must be, for the message about one that cannot be read.</param>
internal sealed record ValueKind<T>(Parsing<T>? Parse, string Expected)
{
    /// <summary>What is wrong with a value; null where nothing is.</summary>
    public Func<T, string?> Problem { get; init; } = static _ => null;

    /// <summary>Which values are the same.</summary>
    public IEqualityComparer<T> Comparer { get; init; } = EqualityComparer<T>.Default;

    /// <summary>Whether the configuration may hold null.</summary>
    public bool AllowsNull { get; init; }

    /// <summary>The same kind, where only some of its values are valid.</summary>
    /// <param name="isValid">Which ones.</param>
    /// <param name="wanted">What the message lists as valid.</param>
    public ValueKind<T> Where(Func<T, bool> isValid, string wanted) =>
        this with { Problem = value => isValid(value) ? null : Invariant($"is {(object?)value ?? "null"}. {wanted}") };

    /// <summary>Reads one value. What is wrong with it is added to the problems, never the text itself: it may be a secret under the wrong key.</summary>
    public bool TryRead(IConfigurationSection section, List<string> problems, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (Parse is null)
        {
            problems.Add($"{section.Path} cannot be read from the configuration. Set it in code.");
            return false;
        }

        string problem;
        if (section.GetChildren().Any())
        {
            problem = "is a section";
        }
        else if (section.Value is null)
        {
            if (AllowsNull)
            {
                value = default!;
                return true;
            }

            problem = "has no value";
        }
        else if (string.IsNullOrWhiteSpace(section.Value))
        {
            problem = "is empty";
        }
        else if (!Parse(section.Value, out value))
        {
            problem = "cannot be read";
        }
        else
        {
            return true;
        }

        problems.Add($"{section.Path} {problem}: {Expected}");
        return false;
    }
}
