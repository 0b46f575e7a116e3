using System.Text.Json;

namespace Late.Hosting.Diagnostics;

/// <summary>Values of an enumeration as OpenTelemetry writes them: <c>timed_out</c> for <c>TimedOut</c>.</summary>
internal static class TagValue
{
    public static string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => Names<TEnum>.All[value];

    private static class Names<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly Dictionary<TEnum, string> All =
            Enum.GetValues<TEnum>().ToDictionary(static value => value, static value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    }
}
