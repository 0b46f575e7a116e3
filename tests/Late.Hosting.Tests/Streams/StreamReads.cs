using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Streams;

/// <summary>What the tests of streams have in common.</summary>
internal static class StreamReads
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Requests a stream of a host whose handler sends a frame for it, which is read. It waits for its first item.</summary>
    public static async Task<(IAsyncEnumerator<int> Items, ValueTask<bool> Next)> StreamAsync(
        this TestHost host, FakeSocket socket, LateStreamOptions options = default, CancellationToken? cancellationToken = null)
    {
        var items = host.Client.StreamAsync(new Talk("hello"), options, cancellationToken ?? Token).GetAsyncEnumerator(Token);
        var next = items.MoveNextAsync();
        Assert.EndsWith(" hello", await socket.SentAsync(), StringComparison.Ordinal);
        return (items, next);
    }

    /// <summary>Writes numbers to a stream.</summary>
    public static void Write(this TestHost host, int id, int first, int last)
    {
        for (var item = first; item <= last; item++)
        {
            Assert.True(host.Handler.Streams.Write(id, item));
        }
    }

    /// <summary>The rest of an enumeration.</summary>
    /// <param name="items">The enumeration.</param>
    /// <param name="next">Whether there is a next item.</param>
    /// <param name="seen">Where the items go.</param>
    public static async Task ReadToEndAsync(this IAsyncEnumerator<int> items, ValueTask<bool> next, List<int> seen)
    {
        for (var hasNext = await next; hasNext; hasNext = await items.MoveNextAsync())
        {
            seen.Add(items.Current);
        }
    }
}
