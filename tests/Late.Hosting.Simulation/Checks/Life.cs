using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows a handler's callbacks: none concurrently with another (P1), each with the state that the last one left (P2), in the order
/// of life (P3), and with a word in the log where one takes long (P8).
/// </summary>
internal sealed class Life(Subject subject)
{
    private bool _isInitialized;
    private bool _isConnected;
    private bool _isTerminated;
    private long _state;
    private long _states;
    private TimeSpan _enteredAt;
    private int _warningsBefore;

    /// <summary>The callback that runs; null between callbacks.</summary>
    public string? Running { get; private set; }

    public bool IsInitialized => _isInitialized;

    public bool IsTerminated => _isTerminated;

    /// <summary>When the last callback ended.</summary>
    public TimeSpan IdleSince { get; private set; }

    public bool IsConnected => _isConnected;

    public void Enter(string callback, long state)
    {
        var verdict = subject.Verdict;
        verdict.Require(Running is null, "P1", $"{callback} began while {Running} ran");
        verdict.Require(!_isTerminated, "P3", $"{callback} began after HandleTerminate");
        verdict.Require(callback == "Init" || state == _state, "P2", $"{callback} got state {state} instead of {_state}");
        verdict.Require(IsInOrder(callback), "P3", $"{callback} began while the handler was {(_isConnected ? "connected" : _isInitialized ? "not connected" : "not initialized")}");
        subject.Closings.OnCallback(callback);
        subject.Trace.Write($"{callback} begins");
        (Running, _enteredAt, _warningsBefore) = (callback, subject.Time.Elapsed, subject.Logs.Count(11));
        switch (callback)
        {
            case "Connect":
                _isConnected = true;
                break;
            case "Disconnect":
                _isConnected = false;
                break;
            case "Terminate":
                _isTerminated = true;
                break;
        }
    }

    /// <summary>The next life begins, with a handler of its own.</summary>
    public void BeginNext()
    {
        var hasEnded = (_isTerminated || !_isInitialized) && !_isConnected && Running is null;
        subject.Verdict.Require(hasEnded || subject.Logs.HasAbandoned, "P3", $"a new life begins, and the last has not ended");
        (_isInitialized, _isConnected, _isTerminated) = (false, false, false);
    }

    /// <summary>A state that no callback has returned before.</summary>
    public long NewState() => ++_states;

    /// <summary>A callback returns a result that will do: its state applies from here.</summary>
    public void Accept(long state)
    {
        _state = state;
        _isInitialized = true;
    }

    public void Leave()
    {
        subject.Topics?.ActInCallback();
        subject.Streams?.ActInCallback();
        var took = subject.Time.Elapsed - _enteredAt;
        var limit = subject.Options.SlowCallbackThreshold;
        subject.Verdict.Require(
            took <= (2 * limit) + subject.Time.Slack || subject.Logs.Count(11) > _warningsBefore || subject.Logs.HasAbandoned, "P8", $"{Running} took {took}, and the log has no word about it");
        if (took > TimeSpan.Zero)
        {
            subject.Trace.Write($"{Running} ends");
        }

        (Running, IdleSince) = (null, subject.Time.Elapsed);
    }

    private bool IsInOrder(string callback) => callback switch
    {
        "Init" => !_isInitialized && !_isConnected,
        "Connecting" => _isInitialized && subject.Preparations.MayBegin && _isConnected == subject.Rotations.IsPreparing,
        "Connect" => _isInitialized && !_isConnected,
        "Free" => _isInitialized && !_isConnected && subject.Client.State is LateConnectionState.Connecting or LateConnectionState.Connected or LateConnectionState.Reconnecting,
        "Terminate" => _isInitialized && !_isConnected,
        _ => _isConnected,
    };
}
