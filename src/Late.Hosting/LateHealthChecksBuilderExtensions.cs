using Late.Hosting;
using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers health checks of connections.</summary>
public static class LateHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check for each connection of the application, named <c>Late:{name}</c> and tagged <c>ready</c>: healthy when
    /// the connection is ready, degraded while it is lost for less than <see cref="LateHealthOptions.GracePeriod"/>, unhealthy
    /// beyond that, before it is ready for the first time, and when it is faulted or stopped.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="configure">Changes the options of these checks.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddLateConnections(this IHealthChecksBuilder builder, Action<LateHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = Options(configure);

        // When the checks are first asked for: connections that are registered after this have one too.
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<IEnumerable<ConnectionRegistration>>((checks, connections) =>
        {
            foreach (var connection in connections)
            {
                Add(checks, connection.Name, options);
            }
        });
        return builder;
    }

    /// <summary>Adds the check of one connection; see <see cref="AddLateConnections"/>. It comes before that one's.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The connection's name.</param>
    /// <param name="configure">Changes the options of this check.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddLateConnection(this IHealthChecksBuilder builder, string name, Action<LateHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = Options(configure);
        builder.Services.TryAddSingleton<ConnectionDirectory>();
        builder.Services.Configure<HealthCheckServiceOptions>(checks => Add(checks, name, options));
        return builder;
    }

    private static LateHealthOptions Options(Action<LateHealthOptions>? configure)
    {
        var options = new LateHealthOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.GracePeriod, TimeSpan.Zero, nameof(options.GracePeriod));
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
            check, services => new ReadyCheck(services.GetRequiredService<ConnectionDirectory>(), name, options.GracePeriod), failureStatus: null, tags: ["ready"]));
        if (options.RestartWhenFaulted)
        {
            checks.Registrations.Add(new HealthCheckRegistration(
                $"{check}:Live", services => new LiveCheck(services.GetRequiredService<ConnectionDirectory>(), name), failureStatus: null, tags: ["live"]));
        }
    }
}
