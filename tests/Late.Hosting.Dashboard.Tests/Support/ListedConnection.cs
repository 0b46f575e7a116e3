namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>A connection whose state and numbers a test writes itself.</summary>
internal sealed class ListedConnection(string name, TimeProvider time) : ILateConnectionInfo
{
    private readonly List<LateConnectionStatus> _changes = [];

    public string Name => name;

    public string HandlerName => "QuietHandler";

    public string? SupervisorName => null;

    public string? Key => null;

    public LateConnectionStatus Status { get; set; } = new() { State = LateConnectionState.NotStarted, Since = time.GetUtcNow(), Reason = "The connection is not started." };

    public LateConnectionStatistics Statistics { get; set; } = new();

    public void Move(LateConnectionState to, string reason, int attempt = 0)
    {
        Status = new LateConnectionStatus { State = to, Since = time.GetUtcNow(), Reason = reason, Attempt = attempt };
        _changes.Add(Status);
    }

    public LateConnectionStatistics GetStatistics() => Statistics;

    public IReadOnlyList<LateConnectionStatus> GetRecentChanges() => [.. _changes];

    public IReadOnlyList<LateConnectionError> GetRecentErrors() => [];
}
