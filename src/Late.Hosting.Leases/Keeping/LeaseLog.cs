using Microsoft.Extensions.Logging;

namespace Late.Hosting.Leases.Keeping;

/// <summary>What leases log, numbered after the messages of connections, supervisors and budgets.</summary>
internal sealed partial class LeaseLog(ILogger logger)
{
    [LoggerMessage(60, LogLevel.Information, "{Connection}: has the lease '{Lease}' (token {Token})", EventName = "LeaseAcquired")]
    public partial void Acquired(string connection, string lease, long token);

    [LoggerMessage(61, LogLevel.Information, "{Connection}: stands by: {Reason}", EventName = "StandsBy")]
    public partial void StandsBy(string connection, string reason);

    [LoggerMessage(62, LogLevel.Warning, "{Connection}: the store of the lease '{Lease}' could not be asked; it is asked again until the lease ends. Check the store and the network", EventName = "LeaseStoreFailed")]
    public partial void StoreFailed(string connection, string lease, Exception exception);

    [LoggerMessage(63, LogLevel.Information, "{Connection}: the store of the lease '{Lease}' answers again", EventName = "LeaseStoreAnswers")]
    public partial void StoreAnswers(string connection, string lease);

    [LoggerMessage(64, LogLevel.Warning, "{Connection}: ends its lease early: {Reason} To survive a longer outage of the store, raise Ttl", EventName = "LeaseYielded")]
    public partial void Yielded(string connection, string reason);

    [LoggerMessage(65, LogLevel.Warning, "{Connection}: has lost its lease: {Reason} The session is aborted, and the connection stands by", EventName = "LeaseLost")]
    public partial void Lost(string connection, string reason);

    [LoggerMessage(66, LogLevel.Information, "{Connection}: has released the lease '{Lease}'", EventName = "LeaseReleased")]
    public partial void Released(string connection, string lease);

    [LoggerMessage(67, LogLevel.Warning, "{Connection}: the lease '{Lease}' could not be released; another host has it when it ends, within {Ttl}", EventName = "LeaseNotReleased")]
    public partial void NotReleased(string connection, string lease, TimeSpan ttl, Exception exception);

    [LoggerMessage(68, LogLevel.Information, "{Connection}: the lease '{Lease}' is a file in {Directory}: processes of this machine share it, and no other machine. For several machines, register a store for them: AddLateRedisLeases or AddLatePostgresLeases", EventName = "LeaseOfOneMachine")]
    public partial void OneMachine(string connection, string lease, string directory);

    [LoggerMessage(69, LogLevel.Information, "{Connection}: hands its lease over to another host: {Reason}", EventName = "LeaseHandedOver")]
    public partial void HandedOver(string connection, string reason);

    [LoggerMessage(70, LogLevel.Information, "{Supervisor}: hosts that share its {Keys} keys: {Hosts}", EventName = "HostsChanged")]
    public partial void HostsChanged(string supervisor, int hosts, int keys);
}
