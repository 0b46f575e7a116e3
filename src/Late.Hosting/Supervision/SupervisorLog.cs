using Microsoft.Extensions.Logging;

namespace Late.Hosting.Supervision;

/// <summary>What supervisors log, numbered after the messages of connections.</summary>
internal sealed partial class SupervisorLog(ILogger logger)
{
    [LoggerMessage(40, LogLevel.Information, "{Connection}: ended; restarts in {Seconds:0.00} s", EventName = "Restarts")]
    public partial void Restarts(string connection, double seconds);

    [LoggerMessage(41, LogLevel.Error, "{Connection}: restart failed: {Reason}. Start it with StartAsync", EventName = "RestartFailed")]
    public partial void RestartFailed(string connection, string reason, Exception exception);
}
