namespace Late.Hosting.Connection.Callbacks;

/// <summary>Warns of a callback that runs longer than <see cref="LateConnectionOptions.SlowCallbackThreshold"/>. It looks from time to time, so that callbacks pay nothing.</summary>
internal sealed class CallbackMonitor : IDisposable
{
    private readonly RunningCallback _running;
    private readonly ConnectionContext _connection;
    private readonly CallbackMonitors _all;
    private long _seen = -1;
    private bool _seenDisposing;
    private TimeSpan _seenFor;
    private string? _callback;

    public CallbackMonitor(RunningCallback running, ConnectionContext connection, CallbackMonitors all)
    {
        (_running, _connection, _all, Period) = (running, connection, all, connection.Options.SlowCallbackThreshold);
        all.Add(this);
    }

    /// <summary>How often it looks; written under the lock of <see cref="CallbackMonitors"/>.</summary>
    public TimeSpan Period { get; set; }

    /// <summary>The options were reloaded: the period may have changed.</summary>
    public void OnSettingsChanged() => _all.Change(this, _connection.Options.SlowCallbackThreshold);

    /// <summary>Looks whether the callback still runs that ran before, or the disposal of its services.</summary>
    /// <returns>True where <see cref="Warn"/> is to be called.</returns>
    public bool Look()
    {
        _callback = _running.What;
        if (_callback is null)
        {
            _seen = -1;
            return false;
        }

        var (number, isDisposing) = (_running.Number, _running.IsDisposing);
        if (number != _seen || isDisposing != _seenDisposing)
        {
            (_seen, _seenDisposing, _seenFor) = (number, isDisposing, TimeSpan.Zero);
            return false;
        }

        _seenFor += Period;
        return true;
    }

    public void Warn()
    {
        using var scope = _connection.Log.BeginConnection(_connection.Name);
        _connection.Log.CallbackRunning(_connection.Name, _callback!, _seenFor, _seenDisposing);
    }

    public void Dispose() => _all.Remove(this);
}
