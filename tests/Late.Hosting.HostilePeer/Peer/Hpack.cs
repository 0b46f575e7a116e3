using System.Globalization;
using System.Text;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>Writes fields without compressing them (RFC 7541 §6.2.2); nothing that a client sends is read.</summary>
internal static class Hpack
{
    private const int StatusIndex = 8;
    private const int LongLength = 127;

    public static byte[] Fields(int status, params IEnumerable<(string Name, string Value)> fields)
    {
        var bytes = new List<byte> { StatusIndex };
        AddText(bytes, status.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in fields)
        {
            bytes.Add(0);
            AddText(bytes, name);
            AddText(bytes, value);
        }

        return [.. bytes];
    }

    private static void AddText(List<byte> bytes, string text)
    {
        var encoded = Encoding.Latin1.GetBytes(text);
        if (encoded.Length < LongLength)
        {
            bytes.Add((byte)encoded.Length);
        }
        else
        {
            bytes.Add(LongLength);
            var left = encoded.Length - LongLength;
            for (; left >= 128; left >>= 7)
            {
                bytes.Add((byte)(0x80 | (left & 0x7F)));
            }

            bytes.Add((byte)left);
        }

        bytes.AddRange(encoded);
    }
}
