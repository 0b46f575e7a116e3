using Late.Hosting.Connection.Callbacks;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Support;

/// <summary>A test whose callbacks use scoped services: they are numbered, and their disposal is written down with the callbacks.</summary>
public abstract class ScopedServicesTest
{
    private int _scopes;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ScopedUnits Units { get; } = new();

    private protected ScriptedHandler Handler { get; } = new();

    /// <summary>The context of the present life.</summary>
    private protected LateContext Context { get; private set; } = null!;

    /// <summary>How many scopes callbacks have begun.</summary>
    private protected int Scopes => Volatile.Read(ref _scopes);

    /// <summary>Makes the scope of a callback.</summary>
    private protected Func<IServiceProvider, IServiceScope> MakeScope { get; set; } = static services => services.CreateScope();

    private protected TestHost Host(Action<LateConnectionOptions>? configure = null, Action<ILateConnectionBuilder>? build = null)
    {
        var init = Handler.Init;
        Handler.Init = (context, token) =>
        {
            Context = context;
            return init(context, token);
        };
        return new TestHost(Handler, configure, connection =>
        {
            connection.Services.AddSingleton(Units).AddScoped<ScopedUnit>().AddSingleton<ServiceScopeSource>(services => () =>
            {
                Interlocked.Increment(ref _scopes);
                return MakeScope(services);
            });
            build?.Invoke(connection);
        });
    }

    private protected ScopedUnit Unit() => Context.CallbackServices.GetRequiredService<ScopedUnit>();

    /// <summary>Stops a host in which a callback hangs, or the disposal of its services, until that is abandoned.</summary>
    /// <param name="host">The host, with a <see cref="LateConnectionOptions.CloseTimeout"/> of 7 seconds: no other timer has the time of its stop.</param>
    private protected static async Task AbandonAsync(TestHost host)
    {
        var time = TimeSpan.FromSeconds(5 + 7);
        var stop = host.StopAsync(Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + time);
        host.Time.Advance(time);
        await stop;
    }
}
