namespace Late.Hosting;

/// <summary>What a connection has done since its start, and what is waiting, at one moment.</summary>
public sealed record LateConnectionStatistics
{
    /// <summary>The number of attempts to connect that have begun.</summary>
    public long Attempts { get; init; }

    /// <summary>The number of attempts that failed: a refusal, a timeout, a transport error.</summary>
    public long FailedAttempts { get; init; }

    /// <summary>The number of lives that have begun: 1 from the start on, and one more for each new life after a fault or an error of the handler.</summary>
    public long Lives { get; init; }

    /// <summary>The number of sessions that were opened; all but the first are reconnects.</summary>
    public long Sessions { get; init; }

    /// <summary>The number of goodbyes of <c>HandleClosing</c> that time or a blocked socket cut short.</summary>
    public long GoodbyesCut { get; init; }

    /// <summary>The number of connections that were to replace an open session, and failed: the session continues.</summary>
    public long SwitchesRefused { get; init; }

    /// <summary>The number of text and binary messages received.</summary>
    public long FramesReceived { get; init; }

    /// <summary>The number of frames written to the socket: messages, and the handler's pings and pongs.</summary>
    public long FramesSent { get; init; }

    /// <summary>The number of bytes received in WebSocket frames: with headers, compressed where they are, without TLS.</summary>
    public long BytesReceived { get; init; }

    /// <summary>The number of bytes written in WebSocket frames, counted like <see cref="BytesReceived"/>.</summary>
    public long BytesSent { get; init; }

    /// <summary>The number of calls that have ended, with or without a reply.</summary>
    public long Calls { get; init; }

    /// <summary>The number of calls that ended without a reply: failed, timed out, canceled or disconnected.</summary>
    public long FailedCalls { get; init; }

    /// <summary>The number of calls that wait for the handler, for room, for a slot or for a session.</summary>
    public int CallsWaiting { get; init; }

    /// <summary>The number of calls that the handler has received and not ended.</summary>
    public int CallsInProgress { get; init; }

    /// <summary>The age of the oldest call in progress; null where there is none.</summary>
    public TimeSpan? OldestCall { get; init; }

    /// <summary>
    /// The name of that call's request, without its namespace; null where there is none, and for an entry of <see cref="LatePendingCalls"/> for
    /// which no caller waits.
    /// </summary>
    public string? OldestCallRequest { get; init; }

    /// <summary>The median duration of the last 256 measured calls; null before the first.</summary>
    public TimeSpan? CallDurationP50 { get; init; }

    /// <summary>The 99th percentile of the durations of the last 256 measured calls; null before the first.</summary>
    public TimeSpan? CallDurationP99 { get; init; }

    /// <summary>The round-trip time of the last answered ping, keep-alive included; null before the first.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The number of items that wait for the handler, for room or for a session; what one read brought is one item.</summary>
    public int MailboxDepth { get; init; }

    /// <summary>The number of frames that wait for <see cref="LateConnectionOptions.SendLimit"/>.</summary>
    public int FramesWaiting { get; init; }

    /// <summary>The number of topics that have a reader.</summary>
    public int Topics { get; init; }

    /// <summary>The number of readers of topics.</summary>
    public int TopicReaders { get; init; }

    /// <summary>The number of items that were published to topics with a reader; each counts once, however many readers there are.</summary>
    public long ItemsPublished { get; init; }

    /// <summary>The number of items that readers have lost, because they were slower than their topic: an item that two have lost counts twice.</summary>
    public long ItemsDropped { get; init; }

    /// <summary>The number of items that the slowest reader of each topic has not read, up to its <see cref="LateSubscribeOptions.Capacity"/>.</summary>
    public long ItemsUnread { get; init; }

    /// <summary>Since when the connection is not ready, over all states and attempts; null while it is ready, and while another host owns it.</summary>
    public DateTimeOffset? NotReadySince { get; init; }

    /// <summary>When the last of the recent errors occurred; null before the first.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }
}
