using Late.Hosting;
using Late.Hosting.Configuration;
using Late.Hosting.Observability;
using Late.Hosting.Registration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers health checks of connections.</summary>
public static class LateHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check for each connection of the application, named <c>Late:{name}</c> and tagged <c>ready</c>: healthy when
    /// the connection is ready, degraded while it is lost for less than <see cref="LateHealthOptions.GracePeriod"/>, unhealthy
    /// after it, before it is ready for the first time, and when it is faulted or stopped. A supervisor has one check for
    /// all its connections: healthy when they are ready, unhealthy when fewer than <see cref="LateHealthOptions.MinReadyShare"/>
    /// are, where one counts as ready for <see cref="LateHealthOptions.GracePeriod"/> from its loss or its start, and else degraded.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="configure">Changes the options of these checks.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option has a value that it cannot have.</exception>
    public static IHealthChecksBuilder AddLateConnections(this IHealthChecksBuilder builder, Action<LateHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Options("The health checks of AddLateConnections", configure);

        // When the checks are first asked for: connections that are registered after this have one too.
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<IEnumerable<ConnectionRegistration>, IEnumerable<SupervisorRegistration>>((checks, connections, supervisors) =>
        {
            foreach (var name in connections.Select(static connection => connection.Name).Concat(supervisors.Select(static supervisor => supervisor.Name)))
            {
                Add(checks, name, options);
            }
        });
        return builder;
    }

    /// <summary>Adds the check of one connection, or of one supervisor; see <see cref="AddLateConnections"/>. It comes before that one's.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The connection's name, or the supervisor's.</param>
    /// <param name="configure">Changes the options of this check.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option has a value that it cannot have.</exception>
    public static IHealthChecksBuilder AddLateConnection(this IHealthChecksBuilder builder, string name, Action<LateHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = Options($"The health check Late:{name}", configure);
        builder.Services.TryAddSingleton<ConnectionDirectory>();
        builder.Services.Configure<HealthCheckServiceOptions>(checks => Add(checks, name, options));
        return builder;
    }

    private static LateHealthOptions Options(string what, Action<LateHealthOptions>? configure)
    {
        var options = new LateHealthOptions();
        configure?.Invoke(options);
        var problems = new List<string>();
        OptionTables.Health.Check(options, new Problems(section: null, problems));
        if (problems.Count > 0)
        {
            throw new ArgumentOutOfRangeException(nameof(configure), $"{what} cannot run with these options: {string.Join(' ', problems)}");
        }

        return options;
    }

    // The first that names a connection decides about its check.
    private static void Add(HealthCheckServiceOptions checks, string name, LateHealthOptions options)
    {
        var check = $"Late:{name}";
        if (checks.Registrations.Any(registration => string.Equals(registration.Name, check, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        checks.Registrations.Add(new HealthCheckRegistration(
            check, services => ReadyCheckOf(services.GetRequiredService<ConnectionDirectory>(), name, options), failureStatus: null, tags: ["ready"]));
        if (options.RestartWhenFaulted)
        {
            checks.Registrations.Add(new HealthCheckRegistration(
                $"{check}:Live", services => LiveCheckOf(services.GetRequiredService<ConnectionDirectory>(), name, options), failureStatus: null, tags: ["live"]));
        }
    }

    private static IHealthCheck ReadyCheckOf(ConnectionDirectory directory, string name, LateHealthOptions options) =>
        directory.FindSource(name) is { } supervisor ? new SupervisorReadyCheck(supervisor, options) : new ReadyCheck(directory, name, options.GracePeriod);

    private static IHealthCheck LiveCheckOf(ConnectionDirectory directory, string name, LateHealthOptions options) =>
        directory.FindSource(name) is { } supervisor ? new SupervisorLiveCheck(supervisor, options) : new LiveCheck(directory, name);
}
