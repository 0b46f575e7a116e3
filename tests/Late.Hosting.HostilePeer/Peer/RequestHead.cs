using System.Text;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>The head of a request over HTTP/1.1.</summary>
internal sealed class RequestHead(IReadOnlyList<string> lines)
{
    private const int MostBytes = 64 * 1024;

    public string Line => lines[0];

    public string? Header(string name) => lines
        .Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();

    /// <summary>Reads a head; null where the client ends before.</summary>
    public static RequestHead? Read(Stream stream)
    {
        var head = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (head.Count < MostBytes)
        {
            if (stream.Read(one) == 0)
            {
                return null;
            }

            head.Add(one[0]);
            if (one[0] == '\n' && head.Count > 3 && head[^3] == '\n')
            {
                return new RequestHead(Encoding.Latin1.GetString([.. head]).Split("\r\n"));
            }
        }

        throw new IOException("The request's head is too long.");
    }
}
