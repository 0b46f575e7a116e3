using System.Diagnostics;
using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Connection.Streams;

/// <summary>Those of a stream, which is not interrupted, and whose reader is called where items were dropped.</summary>
/// <param name="connection">The connection's name.</param>
/// <param name="request">The type of the request.</param>
internal sealed class StreamGaps(string connection, string request) : ReaderGaps
{
    public string Request => request;

    public override LateGapException Interrupted() => throw new UnreachableException();

    public override LateGapException Skipped(long dropped) => throw new UnreachableException();

    public override LateGapException Overflow(long dropped) => new(
        connection,
        $"The reader of a stream of {request} on connection '{connection}' was slower than its items: its buffer was full, and the stream has ended. " +
        "Read faster, or request it again with a larger Capacity or with WhenFull = DropOldest or KeepLatest.")
    {
        Dropped = dropped,
    };
}
