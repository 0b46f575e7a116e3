namespace Late.Hosting;

/// <summary>
/// Session rotation: replaces a session before the server ends it, as many servers do after a day. The old session takes no
/// more calls, those that the handler has are awaited for at most <see cref="LateConnectionOptions.CallTimeout"/>, and
/// the next session begins without a delay.
/// </summary>
public sealed class LateRotationOptions
{
    /// <summary>The maximum lifetime of a session; set it below the server's limit.</summary>
    /// <value>The default is null: no limit.</value>
    public TimeSpan? MaxSessionLifetime { get; set; }

    /// <summary>A time of day, in UTC, at which a session is replaced in any case.</summary>
    /// <value>The default is null: none.</value>
    public TimeOnly? TimeOfDay { get; set; }

    /// <summary>
    /// The maximum random time by which a session is replaced earlier, so that many connections are not replaced at the same time; never
    /// more than half of <see cref="MaxSessionLifetime"/>.
    /// </summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan Jitter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What comes first: the close of the old session, or the connect for the next. Where that connection cannot be made, the session continues,
    /// and the next attempt follows as <see cref="LateReconnectOrder.ConnectFirst"/> describes.
    /// </summary>
    /// <value>The default is <see cref="LateReconnectOrder.CloseFirst"/>.</value>
    public LateReconnectOrder Order { get; set; }

    /// <summary>When the next connection takes over, with <see cref="LateReconnectOrder.ConnectFirst"/>.</summary>
    /// <value>The default is <see cref="LateSwitchWhen.Upgraded"/>.</value>
    public LateSwitchWhen SwitchWhen { get; set; }
}
