using System.Globalization;
using System.Text;

namespace Late.Hosting.Benchmarks;

/// <summary>What the messages carry.</summary>
internal static class Payloads
{
    /// <summary>ASCII of a length.</summary>
    public static string Text(int length) =>
        string.Create(length, 0, static (span, _) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = (char)('a' + (i % 26));
            }
        });

    /// <summary>Messages of 1 KiB as a feed sends them: the same names, other numbers.</summary>
    public static byte[][] Json(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(number => Json(number, random))];
    }

    private static byte[] Json(int number, Random random)
    {
        var json = new StringBuilder();
        json.Append(CultureInfo.InvariantCulture, $"{{\"channel\":\"book\",\"type\":\"update\",\"sequence\":{number},\"data\":[");
        while (json.Length < 1024 - 80)
        {
            json.Append(CultureInfo.InvariantCulture, $"{{\"symbol\":\"BTC/USD\",\"side\":\"buy\",\"price\":{random.Next(10000, 99999)}.{random.Next(10)},\"qty\":0.{random.Next(100000, 999999)}}},");
        }

        json.Length--;
        json.Append("]}");
        return Encoding.UTF8.GetBytes(json.ToString().PadRight(1024));
    }
}
