using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Transport;

/// <summary>The field <c>Retry-After</c> of an answer (RFC 9110 §10.2.3).</summary>
internal static class RetryAfter
{
    // A number of seconds has no upper bound there; no clock waits for 68 years.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(int.MaxValue);

    /// <summary>How long to wait; null where the field is missing, malformed, or names a time that has passed.</summary>
    /// <param name="headers">The headers of the answer.</param>
    /// <param name="received">When the answer was received: a date is relative to it where the answer has no date (RFC 9110 §6.6.1).</param>
    public static TimeSpan? Of(IReadOnlyDictionary<string, StringValues> headers, DateTimeOffset received)
    {
        // Two clocks would disagree: the server's date is compared with the server's date.
        var now = Values(headers, "Date").Select(value => HttpDate(value, received)).FirstOrDefault(static date => date is not null) ?? received;
        TimeSpan? longest = null;
        foreach (var value in Values(headers, "Retry-After"))
        {
            // Of several values, which only the longest one satisfies all.
            if (Delay(value, now) is { } delay && !(delay <= longest))
            {
                longest = delay;
            }
        }

        return longest;
    }

    private static TimeSpan? Delay(string value, DateTimeOffset now)
    {
        if (value.Length > 0 && value.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : s_longest;
        }

        return HttpDate(value, now) is { } at && at > now ? at - now : null;
    }

    /// <summary>A date in one of the three forms of RFC 9110 §5.6.7. A wrong day of the week does not matter.</summary>
    private static DateTimeOffset? HttpDate(string value, DateTimeOffset now)
    {
        // A year of two digits is never more than 50 years ahead. The leap second is the one before it.
        var format = new DateTimeFormatInfo { Calendar = new GregorianCalendar { TwoDigitYearMax = Math.Clamp(now.Year + 50, 99, 9999) } };
        var text = value[(value.IndexOfAny([',', ' ']) + 1)..].Replace(":60 ", ":59 ", StringComparison.Ordinal);
        string[] forms = ["dd MMM yyyy HH:mm:ss 'GMT'", "dd-MMM-yy HH:mm:ss 'GMT'", "MMM d HH:mm:ss yyyy"];
        return DateTimeOffset.TryParseExact(text, forms, format, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var date) ? date : null;
    }

    /// <summary>The values of a field, also where something has put several into one line. A date has a comma of its own, or none.</summary>
    private static IEnumerable<string> Values(IReadOnlyDictionary<string, StringValues> headers, string name)
    {
        if (!headers.TryGetValue(name, out var lines))
        {
            yield break;
        }

        foreach (var line in lines)
        {
            var parts = line!.Split(',', StringSplitOptions.TrimEntries);
            for (var i = 0; i < parts.Length; i++)
            {
                yield return i + 1 < parts.Length && IsDayOfWeek(parts[i]) ? $"{parts[i]}, {parts[++i]}" : parts[i];
            }
        }
    }

    private static bool IsDayOfWeek(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('A', 'z') < 0;
}
