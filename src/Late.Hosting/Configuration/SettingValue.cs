using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Late.Hosting.Configuration;

/// <summary>Single values as they are written in the configuration, the same in every culture.</summary>
internal static class SettingValue
{
    public const string Time = "it is a time like \"00:00:10\" (hours:minutes:seconds), and \"1.00:00:00\" for a day.";
    public const string TimeOfDay = "it is a time of day like \"04:00\", in UTC.";
    public const string Double = "it is a number like 0.5, with a point.";
    public const string Flag = "it is true or false.";
    public const string HttpVersion = "it is 1.1 or 2.0.";
    public const string Address = "it is an address like \"wss://feed.example/v2\".";
    public const string Text = "it is a single text.";

    public static readonly string Int = FormattableString.Invariant($"it is a whole number, at most {int.MaxValue}, without separators.");
    public static readonly string Long = FormattableString.Invariant($"it is a whole number, at most {long.MaxValue}, without separators.");

    public static string Names<TEnum>()
        where TEnum : struct, Enum => $"it is one of {string.Join(", ", Enum.GetNames<TEnum>())}.";

    /// <summary>Reads one value; what is wrong with it is added to the problems.</summary>
    public static bool TryRead<T>(
        IConfigurationSection section, Parsing<T> parse, string expectation, List<string> problems, [MaybeNullWhen(false)] out T value)
    {
        string problem;
        value = default;
        if (section.GetChildren().Any())
        {
            problem = "is a section";
        }
        else if (section.Value is null)
        {
            problem = "has no value";
        }
        else if (string.IsNullOrWhiteSpace(section.Value))
        {
            problem = "is empty";
        }
        else if (!parse(section.Value, out value))
        {
            problem = "cannot be read";
        }
        else
        {
            return true;
        }

        problems.Add($"{section.Path} {problem}: {expectation}");
        return false;
    }

    // A number alone would be days, and so would the 24 of "24:00:00" in any other format.
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text.Trim(), "c", CultureInfo.InvariantCulture, out value);
    }

    public static bool TryParse(string text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out value);

    public static bool TryParse(string text, out int value) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    public static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    public static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    public static bool TryParse(string text, out bool value) => bool.TryParse(text, out value);

    public static bool TryParse(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text;
        return true;
    }

    public static bool TryParse(string text, [MaybeNullWhen(false)] out Version value) => Version.TryParse(text, out value);

    public static bool TryParse(string text, [MaybeNullWhen(false)] out Uri value) => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value);

    /// <summary>A name of an enumeration: no number, and not several.</summary>
    public static bool TryParseName<TEnum>(string text, out TEnum value)
        where TEnum : struct, Enum
    {
        var name = Enum.GetNames<TEnum>().FirstOrDefault(name => string.Equals(name, text.Trim(), StringComparison.OrdinalIgnoreCase));
        value = default;
        return name is not null && Enum.TryParse(name, out value);
    }
}
