using System.Globalization;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>Collects what is wrong with a connection's options; each entry begins with the option's full path.</summary>
internal sealed class Problems(string section, IEnumerable<string> first)
{
    private readonly List<string> _problems = [.. first];

    public void Add(string option, FormattableString problem) => _problems.Add($"{section}:{option} {FormattableString.Invariant(problem)}");

    /// <summary>True where a problem of this option is known already.</summary>
    public bool Has(string option) => _problems.Any(problem => problem.StartsWith($"{section}:{option} ", StringComparison.Ordinal));

    public void AddIf(string? problem, string option)
    {
        if (problem is not null)
        {
            Add(option, $"{problem}");
        }
    }

    public void Positive(TimeSpan value, string option)
    {
        if (value <= TimeSpan.Zero || value > Limits.LongestTimeout)
        {
            Add(option, $"is {value}. It is more than zero, and at most 49 days.");
        }
    }

    /// <summary>A delay between attempts.</summary>
    public void Delay(TimeSpan value, string option)
    {
        if (value <= TimeSpan.Zero || value > Limits.LongestDelay)
        {
            Add(option, $"is {value}. It is more than zero, and at most a day.");
        }
    }

    /// <summary>A number that may be left out.</summary>
    public void Positive(long? value, string option)
    {
        if (value <= 0)
        {
            Add(option, $"is {value}. It is 1 or more.");
        }
    }

    public void Defined<TEnum>(TEnum value, string option)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Add(option, $"is {Convert.ToInt64(value, CultureInfo.InvariantCulture)}. It is one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }

    public ValidateOptionsResult ToResult(string? name, string what = "Connection") => _problems.Count == 0
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(string.Join($"{Environment.NewLine}  - ", _problems.Prepend($"{what} '{name}' cannot run with these settings:")));
}
