namespace Late.Hosting;

/// <summary>When the next connection takes the place of the session, with <see cref="LateReconnectOrder.ConnectFirst"/>.</summary>
public enum LateSwitchWhen
{
    /// <summary>When the server has answered the upgrade.</summary>
    Upgraded,

    /// <summary>
    /// When the server has sent a first message on it: for servers that speak first, and from whose message it is known that they
    /// accept the connection. One that sends none within <see cref="LateConnectionOptions.ReadyTimeout"/> counts as refused.
    /// </summary>
    FirstMessage,
}
