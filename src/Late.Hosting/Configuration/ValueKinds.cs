using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Late.Hosting.WebSockets;
using static System.FormattableString;

namespace Late.Hosting.Configuration;

/// <summary>The kinds of values that options have. They are written the same in every culture.</summary>
internal static class ValueKinds
{
    private static readonly ValueKind<int> s_wholeNumber = new(
        static (text, out value) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value),
        Invariant($"it is a whole number, at most {int.MaxValue}, without separators."));

    /// <summary>A time of any length. A number alone would be days, and so would the 24 of "24:00:00" in any other format.</summary>
    public static ValueKind<TimeSpan> Time { get; } = new(
        static (text, out value) =>
        {
            value = default;
            return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text.Trim(), "c", CultureInfo.InvariantCulture, out value);
        },
        "it is a time like \"00:00:10\" (hours:minutes:seconds), and \"1.00:00:00\" for a day.");

    /// <summary>A time that a timer can measure.</summary>
    public static ValueKind<TimeSpan> Timeout { get; } = Time.Where(
        static value => value > TimeSpan.Zero && value <= Limits.LongestTimeout, "It is more than zero, and at most 49 days.");

    /// <summary>A delay between attempts.</summary>
    public static ValueKind<TimeSpan> Delay { get; } = Time.Where(
        static value => value > TimeSpan.Zero && value <= Limits.LongestDelay, "It is more than zero, and at most a day.");

    public static ValueKind<TimeOnly> TimeOfDay { get; } = new(
        static (text, out value) => TimeOnly.TryParseExact(
            text, ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out value),
        "it is a time of day like \"04:00\", in UTC.");

    public static ValueKind<int> Count { get; } = s_wholeNumber.Where(static value => value > 0, "It is 1 or more.");

    public static ValueKind<long> LargeCount { get; } = new ValueKind<long>(
        static (text, out value) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value),
        Invariant($"it is a whole number, at most {long.MaxValue}, without separators.")).Where(static value => value > 0, "It is 1 or more.");

    public static ValueKind<double> Fraction { get; } = new(
        static (text, out value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value),
        "it is a number like 0.5, with a point.");

    public static ValueKind<bool> Flag { get; } = new(bool.TryParse, "it is true or false.");

    public static ValueKind<Version> HttpVersion { get; } = new ValueKind<Version>(Version.TryParse, "it is 1.1 or 2.0.").Where(
        static value => value == System.Net.HttpVersion.Version11 || value == System.Net.HttpVersion.Version20, "It is 1.1 or 2.0.");

    /// <summary>The address of a server. As it is written: the comparison of <see cref="Uri"/> leaves out the user info.</summary>
    public static ValueKind<Uri?> Address { get; } = new(
        static (text, out value) => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value),
        "it is an address like \"wss://feed.example/v2\".")
    {
        Problem = static value => value is null ? null : RequestCheck.ProblemOfUri(value),
        Comparer = EqualityComparer<Uri?>.Create(static (one, other) => one?.OriginalString == other?.OriginalString),
    };

    /// <summary>The address of a server, as one of several.</summary>
    public static ValueKind<Uri> ListedAddress { get; } = new(
        static (string text, [MaybeNullWhen(false)] out Uri value) => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value), Address.Expected)
    {
        Problem = static value => value is null ? "is null." : RequestCheck.ProblemOfUri(value),
        Comparer = Address.Comparer!,
    };

    /// <summary>The scheme, host and port of a server.</summary>
    public static ValueKind<Uri> Origin { get; } = ListedAddress with
    {
        Expected = "it is an origin like \"wss://resume.example\".",
        Problem = static value => ListedAddress.Problem(value)
            ?? (value is { PathAndQuery: "/", UserInfo: "" } ? null : "has a path, a query or user info. An origin is scheme, host and port, like wss://resume.example:8443."),
    };

    /// <summary>The name of a sub-protocol. Not shown: some servers take a token there.</summary>
    public static ValueKind<string> SubProtocol { get; } = new(
        static (string text, [MaybeNullWhen(false)] out string value) =>
        {
            value = text;
            return true;
        },
        "it is a single text.")
    {
        Problem = static value => RequestCheck.IsToken(value) ? null : "is not a sub-protocol's name (RFC 6455 §4.1).",
    };

    public static ValueKind<HttpStatusCode> StatusCode { get; } = new(
        static (text, out value) =>
        {
            var isNumber = s_wholeNumber.Parse!(text, out var number);
            value = (HttpStatusCode)number;
            return isNumber;
        },
        s_wholeNumber.Expected)
    {
        Problem = static value => (int)value is >= 100 and <= 599 ? null : Invariant($"has {(int)value}. An HTTP status is 100 to 599."),
    };

    public static ValueKind<int> CloseCode { get; } = s_wholeNumber with
    {
        Problem = static value => value is >= 1000 and <= 4999 and not (CloseCodes.NoStatus or CloseCodes.Abnormal or CloseCodes.TlsFailed)
            ? null
            : Invariant($"has {value}. A close frame's code is 1000 to 4999, and never 1005, 1006 or 1015 (RFC 6455 §7.4)."),
    };

    /// <summary>A name of an enumeration: no number, and not several.</summary>
    public static ValueKind<TEnum> Choice<TEnum>()
        where TEnum : struct, Enum
    {
        var names = Enum.GetNames<TEnum>();
        var all = $"one of {string.Join(", ", names)}.";
        return new ValueKind<TEnum>(
            (text, out value) =>
            {
                value = default;
                var name = names.FirstOrDefault(name => string.Equals(name, text.Trim(), StringComparison.OrdinalIgnoreCase));
                return name is not null && Enum.TryParse(name, out value);
            },
            $"it is {all}")
        {
            // As a number: what ToString returns of an undefined value depends on the culture.
            Problem = value => Enum.IsDefined(value) ? null : Invariant($"is {Convert.ToInt64(value, CultureInfo.InvariantCulture)}. It is {all}"),
        };
    }

    /// <summary>A function, which only code can set: a reload does not change it, although a delegate may have made another object of it.</summary>
    public static ValueKind<T> Function<T>()
        where T : Delegate => new ValueKind<T>(Parse: null, Expected: "").Where(static value => value is not null, "Leave it unset, or set a function.") with
        {
            Comparer = EqualityComparer<T>.Create(static (_, _) => true, static _ => 0),
        };

    /// <summary>The same kind, or null, which leaves the option out.</summary>
    public static ValueKind<T?> OrNone<T>(this ValueKind<T> kind)
        where T : struct
    {
        bool Parse(string text, out T? value)
        {
            var isRead = kind.Parse!(text, out var read);
            value = read;
            return isRead;
        }

        return new ValueKind<T?>(Parse, kind.Expected)
        {
            AllowsNull = true,
            Problem = value => value is { } set ? kind.Problem(set) : null,
        };
    }
}
