using Late.Hosting.Leases;
using Late.Hosting.Leases.Files;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers where leases are kept.</summary>
public static class LateLeaseServiceCollectionExtensions
{
    /// <summary>
    /// Keeps leases in files of this machine, which processes lock. It is the default of <c>UseLease</c>, in the folder <c>late-leases</c> of the
    /// system's temporary folder.
    /// </summary>
    /// <remarks>
    /// It is for several processes of one machine: not for several machines, several containers without a common folder, or a network share. The
    /// operating system ends the lock of a process that has ended, immediately; that of a process which is frozen it keeps, so that no other one
    /// takes over until that process continues or is killed.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="directory">The folder of the files; it is created where it does not exist. Its files are never deleted: their tokens are remembered in them.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLateFileLeases(this IServiceCollection services, string directory)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return services.AddSingleton<ILateLeaseStore>(_ => new FileLeaseStore(directory));
    }
}
