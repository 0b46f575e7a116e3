using Late.Hosting.Transport;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Transport;

/// <summary>RFC 9110 §10.2.3 and §5.6.7.</summary>
public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset s_received = new(2026, 10, 21, 7, 28, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("120", 120.0)]
    [InlineData("0", 0.0)]
    [InlineData("007", 7.0)]
    [InlineData("2147483648", 2147483647.0)]
    [InlineData("99999999999999999999999999", 2147483647.0)]
    [InlineData("-5", null)]
    [InlineData("+5", null)]
    [InlineData("1.5", null)]
    [InlineData("5 s", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(",", null)]
    [InlineData("٥", null)]
    public void A_number_of_seconds_has_digits_alone(string value, double? seconds) => Assert.Equal(seconds, Of([value]));

    [Theory]
    [InlineData("Wed, 21 Oct 2026 07:28:30 GMT", 30.0)]
    [InlineData("Wednesday, 21-Oct-26 07:28:30 GMT", 30.0)]
    [InlineData("Wed Oct 21 07:28:30 2026", 30.0)]
    [InlineData("Mon Nov  2 07:28:00 2026", 12 * 86_400.0)]
    [InlineData("Thu, 21 Oct 2026 07:28:30 GMT", 30.0)]
    [InlineData("Wed, 21 Oct 2026 07:28:60 GMT", 59.0)]
    [InlineData("Wed, 21 Oct 2026 07:27:30 GMT", null)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", null)]
    [InlineData("Wed, 32 Oct 2026 07:28:30 GMT", null)]
    [InlineData("Wed, 21 Oct 2026 07:28:30 CET", null)]
    [InlineData("2026-10-21T07:28:30Z", null)]
    public void A_date_of_each_form_is_relative_to_the_time_of_receipt_without_a_Date(string value, double? seconds) => Assert.Equal(seconds, Of([value]));

    [Theory]
    [InlineData("Wed, 21 Oct 2015 07:29:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", 90.0)]
    [InlineData("Tuesday, 21-Oct-36 07:29:30 GMT", "Tue Oct 21 07:28:00 2036", 90.0)]
    [InlineData("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:30 GMT", null)]
    [InlineData("Wed, 21 Oct 2026 07:28:30 GMT", "yesterday", 30.0)]
    [InlineData("Wed, 21 Oct 2026 07:28:30 GMT", "", 30.0)]
    [InlineData("60", "Wed, 21 Oct 2015 07:28:00 GMT", 60.0)]
    public void A_date_is_relative_to_the_Date_of_the_answer_whatever_our_clock_shows(string value, string date, double? seconds) =>
        Assert.Equal(seconds, Of([value], date));

    [Theory]
    [InlineData(90.0, "30", "90")]
    [InlineData(90.0, "90, 30")]
    [InlineData(90.0, "soon", "90")]
    [InlineData(60.0, "Wed, 21 Oct 2026 07:28:30 GMT, Wednesday, 21-Oct-26 07:29:00 GMT")]
    [InlineData(60.0, "5, Wed, 21 Oct 2026 07:29:00 GMT")]
    public void Of_several_values_the_longest_satisfies_all(double seconds, params string[] values) => Assert.Equal(seconds, Of(values));

    [Fact]
    public void Without_the_field_there_is_no_delay() => Assert.Null(RetryAfter.Of(new Dictionary<string, StringValues>(), s_received));

    private static double? Of(string[] values, string? date = null)
    {
        var headers = new Dictionary<string, StringValues> { ["Retry-After"] = values };
        if (date is not null)
        {
            headers["Date"] = date;
        }

        return RetryAfter.Of(headers, s_received)?.TotalSeconds;
    }
}
