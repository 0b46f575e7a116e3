namespace Late.Hosting;

/// <summary>The connection is stopped, or stopping: with the host, or because its handler said so.</summary>
public sealed class LateStoppedException : LateException
{
    internal LateStoppedException(string connectionName, string message)
        : base(connectionName, message)
    {
    }
}
