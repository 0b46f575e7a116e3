namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>The options that differ from one script to the next; times are in milliseconds.</summary>
internal sealed record ClientPlan
{
    public int ConnectTimeout { get; init; }

    public int ReadyTimeout { get; init; }

    public int CallTimeout { get; init; }

    public int CloseTimeout { get; init; }

    public int SendTimeout { get; init; }

    public int KeepAlive { get; init; }

    public int MaxMessageBytes { get; init; }

    public int ReceiveBufferBytes { get; init; }

    public int MailboxCapacity { get; init; }

    public LateCompression Compression { get; init; }

    public LateHandlerErrorBehavior HandlerErrors { get; init; }

    public int BaseDelay { get; init; }

    public int MaxDelay { get; init; }

    /// <summary>The PerSecond of a connect budget; 0 for none.</summary>
    public int BudgetPerSecond { get; init; }

    public int SendLimitFrames { get; init; }

    public bool FailFast { get; init; }

    public bool HasUserInfo { get; init; }

    /// <summary>The number of the event at which the log's provider throws once; 0 for none.</summary>
    public int LogThrowsAt { get; init; }

    /// <summary>True where the log's provider blocks once, when the connection is ready.</summary>
    public bool LogBlocks { get; init; }

    public override string ToString() =>
        $"connect {ConnectTimeout}, ready {ReadyTimeout}, call {CallTimeout}, close {CloseTimeout}, send {SendTimeout}, keep-alive {KeepAlive} ms; "
        + $"messages {MaxMessageBytes} B, receive {ReceiveBufferBytes} B, mailbox {MailboxCapacity}; compression {Compression}; errors {HandlerErrors}; "
        + $"delay {BaseDelay} to {MaxDelay} ms, budget {BudgetPerSecond}/s, send limit {SendLimitFrames}"
        + $"{(FailFast ? "; fails fast" : "")}{(HasUserInfo ? "; user info" : "")}{(LogThrowsAt > 0 ? $"; log throws at event {LogThrowsAt}" : "")}{(LogBlocks ? "; log blocks at ready" : "")}";
}
