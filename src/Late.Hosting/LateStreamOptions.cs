namespace Late.Hosting;

/// <summary>How a stream is requested and read, and what follows when its reader is slow.</summary>
public readonly record struct LateStreamOptions
{
    /// <summary>
    /// The maximum time until the first item or the end, waiting for a session included. That of a request which
    /// <see cref="LateConnectionOptions.MaxConcurrentCalls"/> or <see cref="LateConnectionOptions.MaxConcurrentCallsByRequest"/> limits runs from its slot on.
    /// </summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.CallTimeout"/>. <see cref="Timeout.InfiniteTimeSpan"/> is no limit.</value>
    public TimeSpan? FirstItemTimeout { get; init; }

    /// <summary>
    /// The maximum time from one item to the next or the end, as the handler writes them: a slow reader does not use it up.
    /// </summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.CallTimeout"/>. <see cref="Timeout.InfiniteTimeSpan"/> is no limit.</value>
    public TimeSpan? ItemTimeout { get; init; }

    /// <summary>What it does while the connection is not ready.</summary>
    /// <value>The default is null: <see cref="LateConnectionOptions.WhenNotReady"/>.</value>
    public LateWhenNotReady? WhenNotReady { get; init; }

    /// <summary>What follows where the session is lost before the handler has received the request; one that it has received ends with its session.</summary>
    /// <value>The default is <see cref="LateWhenLost.Fail"/>.</value>
    public LateWhenLost WhenLost { get; init; }

    /// <summary>How many items are kept for the reader, from 1 to 1,048,576.</summary>
    /// <value>The default is null: 1,024 items.</value>
    public int? Capacity { get; init; }

    /// <summary>
    /// What follows when so many items wait for the reader. With <see cref="LateWhenFull.Fail"/> the stream ends with a <see cref="LateGapException"/> behind
    /// them; the others drop items, which <see cref="OnDropped"/> reports.
    /// </summary>
    /// <value>The default is <see cref="LateWhenFull.Fail"/>.</value>
    public LateWhenFull WhenFull { get; init; }

    /// <summary>
    /// Called in the place of items that were dropped, before the next item is returned, with their number. It runs as a part of the enumeration.
    /// </summary>
    /// <value>The default is null: <see cref="LateWhenFull.DropOldest"/> and <see cref="LateWhenFull.KeepLatest"/> skip what they drop.</value>
    public Action<long>? OnDropped { get; init; }
}
