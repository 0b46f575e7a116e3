namespace Late.Hosting;

/// <summary>
/// What follows when a connection has failed permanently. In any case <c>ReconnectAsync</c>, and a reload of the configuration that
/// changes an option of the connection, begin a new life without a delay (<c>ReconnectAsync</c> after <see cref="LateReconnect.After"/>, where
/// that is set); supervised connections follow their supervisor only.
/// </summary>
public enum LateFaultBehavior
{
    /// <summary>The application continues; calls fail immediately with a <see cref="LateFaultedException"/>.</summary>
    StayFaulted,

    /// <summary>The host is stopped.</summary>
    StopHost,

    /// <summary>
    /// A new life begins after a delay (<see cref="LateConnectionOptions.Restart"/>): a new handler from the container, <c>Init</c>,
    /// and the first attempt. Until then calls fail immediately with a <see cref="LateFaultedException"/>. Not after a code of
    /// <see cref="LateConnectionOptions.PermanentStatusCodes"/> or <see cref="LateConnectionOptions.PermanentCloseCodes"/>, unless
    /// <see cref="LateConnectionOptions.RestartPermanent"/>. Not for supervised connections: set <see cref="LateSupervisorOptions.OnFault"/>.
    /// </summary>
    Restart,
}
