using Microsoft.Extensions.Logging;

namespace Late.Hosting.Supervision;

/// <summary>What supervisors log, numbered after the messages of connections.</summary>
internal sealed partial class SupervisorLog(ILogger logger)
{
    [LoggerMessage(40, LogLevel.Information, "{Connection}: ended; restarts in {Seconds:0.00} s", EventName = "Restarts")]
    public partial void Restarts(string connection, double seconds);

    [LoggerMessage(41, LogLevel.Error, "{Connection}: restart failed; the next restart follows after a delay. Fix the cause, or stop the key with StopAsync. {Reason}", EventName = "RestartFailed")]
    public partial void RestartFailed(string connection, string reason, Exception exception);

    [LoggerMessage(43, LogLevel.Warning, "{Connection}: its options raise the time that the host may take to stop {Connections} (CallbackGracePeriod twice, and CloseTimeout) to {Longest}, longer than HostOptions.ShutdownTimeout ({ShutdownTimeout}); each part of a stop is then cut to its share. To avoid it, {Advice}raise ShutdownTimeout, or lower these options", EventName = "KeyStopMayExceed")]
    public partial void StopMayExceed(string connection, string connections, TimeSpan longest, TimeSpan shutdownTimeout, string advice);
}
