namespace Late.Hosting.Leases;

/// <summary>
/// How a lease is kept: the section <c>Late:Leases:{name}</c> of the configuration, then the delegate given to <c>UseLease</c>. All hosts should have
/// the same. A reload takes effect with the next request to the store.
/// </summary>
public sealed class LateLeaseOptions
{
    /// <summary>
    /// When a lease that is not renewed ends: after a host has failed, another one owns the connection within this time, or an
    /// <see cref="AcquireInterval"/> later where the store does not know when a lease ends. The lease is renewed three times within it, less <see cref="Margin"/>.
    /// </summary>
    /// <value>The default is 15 seconds. It is 1 second or more.</value>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long before its end a lease that could not be renewed is released. In the first half of this time the handler's goodbye and the close
    /// handshake take place; then the socket is aborted and nothing is written. The second half covers a pause of the process between the last check
    /// and the write that follows it, and a difference in how fast the clocks of host and store run.
    /// </summary>
    /// <value>The default is 3 seconds. It is at most half of <see cref="Ttl"/>.</value>
    public TimeSpan Margin { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How often a connection that stands by asks for the lease: after its owner has released it, another one has it within this time, and a key of
    /// a supervisor within four times as long (<see cref="SpreadKeys"/>). Each connection that stands by sends so many requests to the store; where
    /// the lease of the owner may end earlier, one when it may have ended.
    /// </summary>
    /// <value>The default is 1 second.</value>
    public TimeSpan AcquireInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether the hosts share the keys of a supervisor equally: a host that has more than its share hands keys over, with the handler's goodbye, until the
    /// others have theirs. Set it to false where the hosts do not have the same keys, or where a connection is to stay on its host.
    /// </summary>
    /// <value>The default is true. It has no effect on connections without a supervisor.</value>
    public bool SpreadKeys { get; set; } = true;

    /// <summary>The errors of reading the configuration section.</summary>
    internal List<string> ConfigurationProblems { get; } = [];

    /// <summary>From the beginning of one renewal to the next; and how long the store may take to answer.</summary>
    internal TimeSpan RenewInterval => GoodbyeAfter / 3;

    /// <summary>How long a host that fails is still counted: it ends before the leases of its keys do.</summary>
    internal TimeSpan SeatTtl => RenewInterval * 2;

    /// <summary>How often the hosts of a supervisor are counted, and how long the store may take to answer that.</summary>
    internal TimeSpan SeatInterval => RenewInterval / 2;

    /// <summary>From the beginning of the last renewal to the goodbye.</summary>
    internal TimeSpan GoodbyeAfter => Ttl - Margin;

    /// <summary>From the beginning of the last renewal to the moment from which nothing is written.</summary>
    internal TimeSpan WriteLimit => Ttl - (Margin / 2);
}
