using Late.Hosting.Connection;
using Late.Hosting.Connection.Topics;

namespace Late.Hosting.Observability;

/// <summary>The observable side of one connection: directory, health checks and gauges read connections here and nowhere else.</summary>
internal sealed class DirectoryEntry(ConnectionContext connection, string handlerName) : ILateConnectionInfo
{
    public string Name => connection.Name;

    public string HandlerName => handlerName;

    public string? SupervisorName { get; init; }

    public string? Key { get; init; }

    public LateConnectionStatus Status => connection.Lifecycle.Current;

    /// <summary>Whether the connection has ever been ready.</summary>
    public bool WasReady => connection.Lifecycle.History.WasReady;

    /// <summary>Whether the last attempt was refused, for a reason that waiting alone does not remove.</summary>
    public bool IsRefused => connection.Lifecycle.IsRefused;

    /// <summary>The connection has ended, and its supervisor will start it again.</summary>
    public bool Restarts { get; set; }

    /// <summary>Since when the connection is not ready; null while it is.</summary>
    public DateTimeOffset? NotReadySince => connection.Lifecycle.History.NotReadySince;

    /// <summary>How long it has not been ready; zero while it is.</summary>
    public TimeSpan NotReadyFor => NotReadySince is { } since ? Now - since : TimeSpan.Zero;

    /// <summary>The time by the connection's clock.</summary>
    public DateTimeOffset Now => connection.Time.GetUtcNow();

    public int MailboxDepth => connection.Mailbox.Depth;

    public int FramesWaiting => connection.Statistics.FramesWaiting;

    public TopicCounts Topics => connection.Topics.Count();

    public Traffic Traffic => With(Topics.Dropped);

    /// <summary>The traffic of a connection that has ended, and has no topics any more; takes no lock.</summary>
    public Traffic FinalTraffic => With(connection.Topics.DroppedBefore);

    public LateConnectionStatistics GetStatistics()
    {
        var counts = connection.Statistics;
        var calls = counts.Calls.Percentiles();
        var work = connection.Lifecycle.Report();
        var topics = Topics;
        return new LateConnectionStatistics
        {
            Attempts = counts.Attempts,
            FailedAttempts = counts.FailedAttempts,
            Lives = connection.Lifecycle.Lives,
            Sessions = connection.Lifecycle.Sessions,
            GoodbyesCut = counts.GoodbyesCut,
            SwitchesRefused = counts.SwitchesRefused,
            FramesReceived = counts.FramesReceived,
            FramesSent = counts.FramesSent,
            BytesReceived = counts.BytesReceived,
            BytesSent = counts.BytesSent,
            Calls = counts.Calls.Ended,
            FailedCalls = counts.Calls.Failed,
            CallsWaiting = work.Waiting,
            CallsInProgress = work.InProgress,
            OldestCall = work.OldestFor,
            OldestCallRequest = work.OldestRequest,
            CallDurationP50 = calls?.P50,
            CallDurationP99 = calls?.P99,
            RoundTrip = counts.RoundTrip,
            MailboxDepth = MailboxDepth,
            FramesWaiting = FramesWaiting,
            Topics = topics.Topics,
            TopicReaders = topics.Readers,
            ItemsPublished = topics.Published,
            ItemsDropped = topics.Dropped,
            ItemsUnread = topics.Unread,
            NotReadySince = NotReadySince,
            LastErrorAt = counts.LastError?.OccurredAt,
        };
    }

    public IReadOnlyList<LateConnectionStatus> GetRecentChanges() => connection.Watchers.RecentChanges;

    public IReadOnlyList<LateConnectionError> GetRecentErrors() => connection.Statistics.RecentErrors;

    private Traffic With(long itemsDropped) => new(
        connection.Statistics.FramesReceived, connection.Statistics.FramesSent, connection.Statistics.BytesReceived, connection.Statistics.BytesSent, itemsDropped);
}
