using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A host with a supervisor, whose one handler does what <see cref="Script"/> specifies; time stands still.</summary>
public sealed class OwnSupervisor : IAsyncDisposable
{
    public const string Key = "own";

    public OwnSupervisor(Uri uri, Action<LateSupervisorOptions>? supervise = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
        builder.Services.AddSingleton(Script);
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddLateSupervisor<ScriptedHandler>(options => options.Uri = uri, supervise);
        Host = builder.Build();
        Supervisor = Host.Services.GetRequiredService<ILateSupervisor<ScriptedHandler>>();
    }

    public IHost Host { get; }

    public ILateSupervisor<ScriptedHandler> Supervisor { get; }

    public Script Script { get; } = new();

    public Life Life => Script.Life;

    public LogProbe Logs { get; } = new();

    public TestClock Clock { get; } = new();

    /// <summary>Starts the host, and in it the connection.</summary>
    public async Task<ILateClient<ScriptedHandler>> StartAsync()
    {
        await Host.StartAsync(TestContext.Current.CancellationToken);
        return await Supervisor.StartAsync(Key, cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await Host.StopAsync(now.Token);
        Host.Dispose();
    }
}
