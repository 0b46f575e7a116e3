using Late.Hosting.Configuration;

namespace Late.Hosting.Diagnostics;

/// <summary>Where a connection reports its errors: to its log, and to the recent errors of its statistics.</summary>
internal sealed class ErrorReports(string connection, ConnectionLog log, ConnectionStatistics statistics, CurrentOptions<LateConnectionOptions> options)
{
    /// <summary>A callback threw, and no caller receives the exception.</summary>
    public void CallbackThrew(string callback, Exception exception)
    {
        log.CallbackThrew(connection, callback, Loggable(exception));
        statistics.AddError(ThrownText.Of(callback, exception));
    }

    /// <summary>The disposal of the services that a callback has used threw.</summary>
    public void DisposalThrew(string callback, Exception exception)
    {
        log.DisposalThrew(connection, callback, Loggable(exception));
        statistics.AddError(ThrownText.Of($"The disposal of the services of {callback}", exception));
    }

    /// <summary>An attempt has failed, and there is no session.</summary>
    public void AttemptFailed(int attempt, LateConnectException exception)
    {
        statistics.AddError(exception.Message);
        log.AttemptFailed(connection, attempt, LateException.WithoutName(connection, exception.Message));
    }

    /// <summary>The connection that was to replace an open session cannot be used, and the session continues; what has asked for it logs that.</summary>
    public void SwitchRefused(LateConnectException exception)
    {
        statistics.CountSwitchRefused();
        statistics.AddError(exception.Message);
    }

    /// <summary>The connection has failed permanently.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="advice">What begins a new life.</param>
    /// <param name="exception">What was thrown, as it may be logged.</param>
    public void Faulted(string reason, string advice, Exception? exception)
    {
        log.Faulted(connection, LateException.WithoutName(connection, reason), advice, exception);
        statistics.AddError($"Failed permanently: {reason}");
    }

    /// <summary>An exception as it may be logged: without its message, unless the options allow it.</summary>
    public Exception Loggable(Exception exception) => log.Loggable(exception, options.Value);
}
