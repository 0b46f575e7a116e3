using System.Globalization;

namespace GatewayBot.Tests.Support;

/// <summary>The seeds of the tests that draw what happens and in which order. <c>GATEWAY_SEEDS</c> is how many there are, <c>GATEWAY_SEED</c> one of them alone.</summary>
internal static class Seeds
{
    private const int Few = 5;

    public static TheoryData<int> All => Number("GATEWAY_SEED") is { } one ? [one] : [.. Enumerable.Range(1, Number("GATEWAY_SEEDS") ?? Few)];

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
