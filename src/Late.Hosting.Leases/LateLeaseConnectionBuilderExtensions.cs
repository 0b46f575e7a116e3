using Late.Hosting;
using Late.Hosting.Leases;
using Late.Hosting.Leases.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Gives connections a lease.</summary>
public static class LateLeaseConnectionBuilderExtensions
{
    /// <summary>
    /// Lets a connection run on one host at a time: that which has the lease. The others stand by
    /// (<see cref="LateConnectionState.Standby"/>), and one of them connects when the lease is released or ends. The connections of a supervisor have
    /// a lease for each key, <c>{name}/{key}</c>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Each time the connection acquires the lease, a new life begins with a new handler; <c>HandleTerminate</c> of the last one has run before the
    /// lease is released. A faulted connection releases its lease.
    /// </para>
    /// <para>
    /// Leases are kept in the last <see cref="ILateLeaseStore"/> that is registered, by default in files of this machine: see <c>AddLateFileLeases</c> for
    /// what that cannot do.
    /// </para>
    /// </remarks>
    /// <param name="builder">The connection or the supervisor.</param>
    /// <param name="name">The name of the lease: the same on all hosts, and another one for each connection.</param>
    /// <param name="configure">Changes the options after the section <c>Late:Leases:{name}</c> has been read.</param>
    /// <returns>The same builder.</returns>
    public static ILateConnectionBuilder UseLease(this ILateConnectionBuilder builder, string name, Action<LateLeaseOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        LeaseRegistration.Use(builder, name, configure);
        return builder;
    }
}
