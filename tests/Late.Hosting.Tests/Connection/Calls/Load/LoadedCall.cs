namespace Late.Hosting.Tests.Connection.Calls.Load;

/// <summary>A call, and what the server and its caller have done about it.</summary>
internal sealed class LoadedCall(int number, string request, DateTimeOffset began, LoadLimits limits) : IDisposable
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    public int Number => number;

    public string Request => request;

    public CancellationTokenSource Caller { get; } = new();

    public Task<int> Task { get; set; } = System.Threading.Tasks.Task.FromResult(0);

    /// <summary>It needs a slot: since its beginning, or since a limit was set.</summary>
    public bool IsLimited { get; set; } = limits.Limit(request);

    /// <summary>Its id, when the server has it.</summary>
    public string? Id { get; private set; }

    public DateTimeOffset? CanceledAt { get; set; }

    public bool IsAnswered { get; set; }

    public bool IsLost { get; set; }

    private DateTimeOffset DeliveredAt { get; set; }

    // CallTimeout begins with the slot, where the call needed one at its beginning.
    private bool AwaitedSlot { get; } = limits.Limit(request);

    public void Deliver(string id, DateTimeOffset now) => (Id, DeliveredAt) = (id, now);

    /// <summary>True while the server works on it, or may.</summary>
    public bool IsOutstanding(DateTimeOffset now) =>
        Id is not null && !IsAnswered && !IsLost && (CanceledAt is null || IsLimited) && now < (AwaitedSlot ? DeliveredAt : began) + CallTimeout;

    /// <summary>True while its caller waits, and the server does not have it.</summary>
    public bool IsWaiting(DateTimeOffset now) => Id is null && CanceledAt is null && now < began + (AwaitedSlot ? limits.Queue : CallTimeout);

    public void Dispose() => Caller.Dispose();
}
