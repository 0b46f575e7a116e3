namespace Late.Hosting.Connection.Lifecycle;

/// <summary>One change of the state, and the one after it: appended under the lifecycle's lock, read without it.</summary>
internal sealed class StatusChange(LateConnectionStatus status, DateTimeOffset? notReadySince)
{
    private volatile LateConnectionStatus _latest = status;
    private volatile StatusChange? _next;

    /// <summary>What watchers receive.</summary>
    public LateConnectionStatus Status { get; } = status;

    /// <summary>The same with what became known within the state, which watchers do not receive.</summary>
    public LateConnectionStatus Latest { get => _latest; set => _latest = value; }

    /// <summary>Since when the connection is not ready, over all states and attempts; null while it is, and while it stands by.</summary>
    public DateTimeOffset? NotReadySince { get; } = notReadySince;

    public StatusChange? Next { get => _next; set => _next = value; }
}
