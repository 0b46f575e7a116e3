namespace Late.Hosting;

/// <summary>
/// The base of what a connection throws. The message has three parts: what happened to which connection, what is known, and what to do.
/// </summary>
/// <remarks>
/// <code>
/// LateException
///   LateConnectException        an attempt failed
///   LateDisconnectedException   the session ended, or there is none
///   LateStoppedException        the connection is stopped or stopping
///   LateFaultedException        the connection has failed permanently
///   LateGapException            items of a subscription are missing
///   LateKeyInUseException       the supervisor has a connection of this key
///   LateConnectionLimitException   the supervisor has as many connections as MaxConnections allows
/// TimeoutException
///   LateCallTimeoutException    a call's time passed
/// </code>
/// </remarks>
public abstract class LateException : Exception
{
    private protected LateException(string connectionName, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentNullException.ThrowIfNull(connectionName);
        ConnectionName = connectionName;
    }

    /// <summary>The connection's name.</summary>
    public string ConnectionName { get; }

    /// <summary>What is known of the call, the post or the frame.</summary>
    public LateDelivery Delivery { get; init; } = LateDelivery.NotDelivered;

    /// <summary>A message of a connection for a sentence that has its name already.</summary>
    internal static string WithoutName(string connectionName, string message)
    {
        var name = $"Connection '{connectionName}' ";
        var text = message.StartsWith(name, StringComparison.Ordinal) ? $"It {message[name.Length..]}" : message;
        return text.Replace($"connection '{connectionName}'", "the connection", StringComparison.Ordinal);
    }
}
