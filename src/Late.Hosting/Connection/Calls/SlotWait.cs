namespace Late.Hosting.Connection.Calls;

/// <summary>
/// What a call has until it has its slot, in place of the timer that it has afterwards: how long it may take then, and the timer of
/// <see cref="LateConnectionOptions.QueueTimeout"/>.
/// </summary>
internal sealed class SlotWait(TimeSpan? ownTimeout, TimeSpan defaultTimeout) : ITimer
{
    /// <summary>The timeout of the call itself; null where it has none.</summary>
    public TimeSpan? OwnTimeout => ownTimeout;

    /// <summary>That of all calls.</summary>
    public TimeSpan DefaultTimeout => defaultTimeout;

    /// <summary>Null where the call does not wait.</summary>
    public ITimer? Timer { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period) => Timer?.Change(dueTime, period) ?? false;

    public void Dispose() => Timer?.Dispose();

    public ValueTask DisposeAsync() => Timer?.DisposeAsync() ?? default;
}
