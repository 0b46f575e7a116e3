using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Supervision;
using Late.Hosting.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Polly;

namespace Late.Hosting.Simulation.Worlds;

/// <summary>Makes a world's host: the real one, with the real registration; its clock, log, configuration and network are simulated.</summary>
internal static class SimulatedHost
{
    public static IHost Build(World world)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        ((IConfigurationBuilder)builder.Configuration).Add(world.Settings);
        builder.Services.AddSingleton<TimeProvider>(world.Time);
        builder.Services.AddSingleton<ILoggerFactory>(world.Logs);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(world.Subjects);
        builder.Services.AddSingleton<Randomizer>(world.Subjects.DrawShare);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        var connections = AddConnections(builder.Services, world.Plan);
        if (world.Calls.Retries)
        {
            connections.ConfigureCalls((pipeline, context) => CallRetries.Configure(world, pipeline, context));
        }

        connections
            .ConfigureHandshake((context, cancellationToken) => HandshakeAsync(world, context, cancellationToken))
            .ConfigureReconnect((pipeline, context) =>
            {
                context.Retry.Randomizer = () =>
                {
                    world.Subjects.Of(context.Name)!.JitterDraws++;
                    return world.Dice.Fraction();
                };
                pipeline.AddRetry(context.Retry);
            });
        builder.Services.AddKeyedSingleton<ITransport>("Simulation", (_, _) => world.Subjects.Of("Simulation")!.Transport);
        builder.Services.AddKeyedSingleton<ITransportFactory>("Simulation", world.Subjects);
        return builder.Build();
    }

    private static ILateConnectionBuilder AddConnections(IServiceCollection services, WorldPlan plan)
    {
        var connections = plan.Fleet is { } fleet
            ? services.AddLateSupervisor<SimulationHandler>(
                supervise: options => (options.MaxConnections, options.OnStop, options.OnFault) = (fleet.MaxConnections, fleet.OnStop, fleet.OnFault))
            : services.AddLateConnection<SimulationHandler>();
        if (plan.Budget is { } budget)
        {
            services.AddLateConnectBudget("simulated", options =>
                (options.PerSecond, options.Burst, options.Concurrency, options.Pause) = (budget.PerSecond, budget.Burst, budget.Concurrency, budget.Pause));
            connections.UseConnectBudget("simulated");
        }

        return connections;
    }

    private static async ValueTask HandshakeAsync(World world, LateHandshakeContext context, CancellationToken cancellationToken)
    {
        context.Headers["X-Token"] = world.Subjects.Of(context.Name)!.Preparations.OnHandshake(cancellationToken);
        var trouble = world.Plan.HookTroublePercent;
        if (world.Dice.Chance(trouble))
        {
            throw new SimulatedException();
        }

        if (world.Dice.Chance(trouble))
        {
            await world.DelayAsync(world.Dice.Chance(30) ? null : world.Dice.Time(1, 5000), world.Dice.Chance(70) ? cancellationToken : default);
        }
    }

    /// <summary>No console, no signals.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
