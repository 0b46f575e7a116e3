namespace Late.Hosting.IntegrationTests.Support;

/// <summary>What a hostile server sends without end, and how it continues after what stood behind the upgrade.</summary>
public static class Flood
{
    public const string Pings = "pings";
    public const string LongPings = "long pings";
    public const string Pongs = "pongs";
    public const string Fragments = "empty fragments";
    public const string FragmentsAndPings = "empty fragments and pings";
    public const string Messages = "empty messages";
    public const string MessagesAndPongs = "empty messages and pongs";

    // As much as the client reads in one go.
    private const int BlockBytes = 64 * 1024;

    public static string[] Kinds => [Pings, LongPings, Pongs, Fragments, FragmentsAndPings, Messages, MessagesAndPongs];

    /// <summary>What begins the flood: once, before the first block.</summary>
    public static byte[] Head(string kind) => kind is Fragments or FragmentsAndPings ? RawPeer.Frame(RawPeer.Text, [], isLast: false) : [];

    /// <summary>What is repeated without end.</summary>
    public static byte[] Block(string kind)
    {
        byte[] ping = RawPeer.Frame(RawPeer.Ping, []);
        byte[] pong = RawPeer.Frame(RawPeer.Pong, []);
        byte[] fragment = RawPeer.Frame(0, [], isLast: false);
        byte[] message = RawPeer.TextFrame("");
        return kind switch
        {
            Pings => Repeat(ping),
            LongPings => Repeat(RawPeer.Frame(RawPeer.Ping, new byte[125])),
            Pongs => Repeat(pong),
            Fragments => Repeat(fragment),
            FragmentsAndPings => Repeat([.. fragment, .. ping]),
            Messages => Repeat(message),
            MessagesAndPongs => [.. message, .. Repeat(pong)],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>Sends the flood until the client ends the connection, or the test ends.</summary>
    public static async Task SendAsync(Stream stream, string kind)
    {
        var block = Block(kind);
        try
        {
            await stream.WriteAsync(Head(kind), TestContext.Current.CancellationToken);
            while (true)
            {
                await stream.WriteAsync(block, TestContext.Current.CancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client has ended it.
        }
    }

    private static byte[] Repeat(byte[] frame) => [.. Enumerable.Repeat(frame, BlockBytes / frame.Length).SelectMany(static bytes => bytes)];
}
