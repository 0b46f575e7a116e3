namespace Late.Hosting.Connection;

/// <summary>Warns of a callback that runs longer than <see cref="LateConnectionOptions.CallTimeout"/>. It looks from time to time, so that callbacks pay nothing.</summary>
internal sealed class CallbackMonitor : IDisposable
{
    private readonly Runner _runner;
    private readonly ConnectionCore _connection;
    private readonly TimeSpan _period;
    private readonly ITimer _clock;
    private long _seen = -1;
    private int _times;

    public CallbackMonitor(Runner runner, ConnectionCore connection)
    {
        (_runner, _connection, _period) = (runner, connection, connection.Options.CallTimeout);
        _clock = connection.Time.CreateTimer(static monitor => ((CallbackMonitor)monitor!).Look(), this, _period, _period);
    }

    public void Dispose() => _clock.Dispose();

    private void Look()
    {
        if (_runner.CurrentCallback is not { } callback)
        {
            _seen = -1;
            return;
        }

        var number = _runner.CallbackNumber;
        if (number != _seen)
        {
            (_seen, _times) = (number, 0);
            return;
        }

        _times++;
        _connection.Log.CallbackRunning(_connection.Name, callback, _times * _period);
    }
}
