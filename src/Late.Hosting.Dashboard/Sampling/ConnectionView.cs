namespace Late.Hosting.Dashboard.Sampling;

/// <summary>What the page receives about a connection, at one moment.</summary>
/// <param name="Status">The state.</param>
/// <param name="Statistics">The numbers.</param>
internal readonly record struct ConnectionView(LateConnectionStatus? Status, LateConnectionStatistics Statistics)
{
    /// <summary>The state of a page that has received nothing yet.</summary>
    public static ConnectionView None { get; } = new(null, new LateConnectionStatistics());

    /// <summary>Looks at the connection.</summary>
    public static ConnectionView Of(ILateConnectionInfo connection) => new(connection.Status, connection.GetStatistics());
}
