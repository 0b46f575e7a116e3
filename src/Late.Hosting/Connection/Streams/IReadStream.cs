using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Connection.Streams;

/// <summary>A stream as a test reads it.</summary>
internal interface IReadStream<TItem> : IDisposable
{
    bool IsEnded { get; }

    /// <summary>Reads what is there, and does not wait.</summary>
    /// <returns>Items, nothing, or the end. What has failed the stream is thrown behind its items.</returns>
    Reading TryRead(out TItem? item);
}
