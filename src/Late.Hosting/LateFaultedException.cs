namespace Late.Hosting;

/// <summary>The connection has given up and makes no further attempt; the inner exception says why.</summary>
public sealed class LateFaultedException : LateException
{
    internal LateFaultedException(string connectionName, string message, Exception? innerException)
        : base(connectionName, message, innerException)
    {
    }
}
