namespace Late.Hosting;

/// <summary>A supervisor was asked to start a connection under a key that has one.</summary>
public sealed class LateKeyInUseException : LateException
{
    internal LateKeyInUseException(string connectionName, string message)
        : base(connectionName, message)
    {
    }
}
