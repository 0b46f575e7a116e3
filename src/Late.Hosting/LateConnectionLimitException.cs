namespace Late.Hosting;

/// <summary>A supervisor has as many connections as <see cref="LateSupervisorOptions.MaxConnections"/> allows.</summary>
public sealed class LateConnectionLimitException : LateException
{
    internal LateConnectionLimitException(string connectionName, string message)
        : base(connectionName, message)
    {
    }
}
