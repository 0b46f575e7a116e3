namespace Late.Hosting.Diagnostics;

/// <summary>
/// What a connection has done since its start. The reader and the writer of the socket each count, once for each
/// batch and without a lock; the numbers can be read at any time.
/// </summary>
internal sealed class ConnectionStatistics(TimeProvider time)
{
    private readonly RecentList<LateConnectionError> _errors = new(capacity: 20);
    private long _framesReceived;
    private long _bytesReceived;
    private long _framesSent;
    private long _bytesSent;
    private long _attempts;
    private long _failedAttempts;
    private long _goodbyesCut;
    private long _switchesRefused;
    private long _roundTripTicks = -1;

    /// <summary>How many text and binary messages came.</summary>
    public long FramesReceived => Volatile.Read(ref _framesReceived);

    /// <summary>How many text and binary messages, and pings and pongs of the handler, were given to the socket.</summary>
    public long FramesSent => Volatile.Read(ref _framesSent);

    /// <summary>How many bytes of WebSocket frames came: compressed where they were, with headers, without TLS.</summary>
    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>How many bytes of WebSocket frames were given to the socket; counted like <see cref="BytesReceived"/>.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>How many attempts have begun.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>How many of them did not become a session.</summary>
    public long FailedAttempts => Volatile.Read(ref _failedAttempts);

    /// <summary>How many goodbyes were cut short.</summary>
    public long GoodbyesCut => Volatile.Read(ref _goodbyesCut);

    /// <summary>How many connections were to replace an open session, and failed.</summary>
    public long SwitchesRefused => Volatile.Read(ref _switchesRefused);

    /// <summary>The calls that have ended.</summary>
    public RecentCalls Calls { get; } = new(time);

    /// <summary>How many frames wait for the send limit.</summary>
    public int FramesWaiting { get; set; }

    /// <summary>The round trip of the last ping that was answered; null before the first.</summary>
    public TimeSpan? RoundTrip
    {
        get => Volatile.Read(ref _roundTripTicks) is var ticks and >= 0 ? new TimeSpan(ticks) : null;
        set => Volatile.Write(ref _roundTripTicks, value?.Ticks ?? -1);
    }

    /// <summary>The last 20 errors, the oldest first.</summary>
    public IReadOnlyList<LateConnectionError> RecentErrors => _errors.ToArray();

    /// <summary>The last of them; null before the first.</summary>
    public LateConnectionError? LastError => _errors.Last;

    /// <summary>For the reader alone.</summary>
    public void CountReceived(int frames) => _framesReceived += frames;

    /// <summary>For the reader of the socket.</summary>
    public void CountBytesReceived(int bytes) => _bytesReceived += bytes;

    /// <summary>For the runner alone.</summary>
    public void CountSent(int frames) => _framesSent += frames;

    /// <summary>For the writer of the socket.</summary>
    public void CountBytesSent(int bytes) => _bytesSent += bytes;

    public void CountAttempt() => Interlocked.Increment(ref _attempts);

    public void CountFailedAttempt() => Interlocked.Increment(ref _failedAttempts);

    public void CountGoodbyeCut() => Interlocked.Increment(ref _goodbyesCut);

    public void CountSwitchRefused() => Interlocked.Increment(ref _switchesRefused);

    public void AddError(string text) => _errors.Add(new LateConnectionError { OccurredAt = time.GetUtcNow(), Message = text });
}
