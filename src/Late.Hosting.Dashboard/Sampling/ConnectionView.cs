using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Dashboard.Sampling;

/// <summary>What the page is told of a connection, at one moment.</summary>
internal readonly record struct ConnectionView
{
    public LateConnectionStatus? Status { get; init; }

    public long FramesIn { get; init; }

    public long FramesOut { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    public long Mailbox { get; init; }

    public TimeSpan? RoundTrip { get; init; }

    public long Calls { get; init; }

    public long CallsFailed { get; init; }

    public double? CallP50 { get; init; }

    public double? CallP99 { get; init; }

    public long Sessions { get; init; }

    public long Attempts { get; init; }

    public long AttemptsFailed { get; init; }

    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>Looks at the connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="before">What was seen of it before: what costs more than a look is taken from there where it cannot have changed.</param>
    public static ConnectionView Of(ConnectionCore connection, in ConnectionView before)
    {
        var statistics = connection.Statistics;
        var calls = statistics.CallsEnded;
        var (p50, p99) = calls == before.Calls ? (before.CallP50, before.CallP99) : Percentiles(statistics.CallMilliseconds);
        return new ConnectionView
        {
            Status = connection.Status.Current,
            FramesIn = statistics.FramesReceived,
            FramesOut = statistics.FramesSent,
            BytesIn = statistics.BytesReceived,
            BytesOut = statistics.BytesSent,
            Mailbox = statistics.MailboxDepth,
            RoundTrip = statistics.RoundTrip,
            Calls = calls,
            CallsFailed = statistics.CallsFailed,
            CallP50 = p50,
            CallP99 = p99,
            Sessions = statistics.Sessions,
            Attempts = statistics.Attempts,
            AttemptsFailed = statistics.FailedAttempts,
            LastErrorAt = statistics.RecentErrors is [.., var last] ? last.At : null,
        };
    }

    private static (double? P50, double? P99) Percentiles((double P50, double P99) calls) => (calls.P50, calls.P99);
}
