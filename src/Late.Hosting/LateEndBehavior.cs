namespace Late.Hosting;

/// <summary>What happens to a supervised connection's key when the connection has ended by itself.</summary>
public enum LateEndBehavior
{
    /// <summary>The key is free again.</summary>
    Remove,

    /// <summary>The key shows the ended connection, until it is stopped or restarted.</summary>
    Keep,

    /// <summary>
    /// The connection is restarted with the same options and a new handler. The delays before it grow from
    /// <see cref="LateReconnectOptions.BaseDelay"/> to <see cref="LateReconnectOptions.MaxDelay"/>, and start over after a
    /// connection that has lasted for <see cref="LateReconnectOptions.StableAfter"/>.
    /// </summary>
    Restart,
}
