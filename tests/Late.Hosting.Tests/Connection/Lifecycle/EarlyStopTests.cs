using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>Connections that are stopped before they have come to run.</summary>
public sealed class EarlyStopTests
{
    [Fact]
    public async Task P3_the_handler_of_a_connection_that_never_ran_is_disposed()
    {
        using var start = new CancellationTokenSource();
        var made = new List<EarlyHandler>();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(start);
        builder.Services.AddSingleton(made);
        builder.Services.AddKeyedSingleton<ITransport>("Early", new FakeTransport());
        builder.Services.AddLateConnection<EarlyHandler>(options => options.Uri = new Uri("ws://feed.example/"));
        using var host = builder.Build();

        await host.StartAsync(start.Token);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(Assert.Single(made).IsDisposed);
        Assert.Equal(LateConnectionState.Stopped, host.Services.GetRequiredService<ILateClient<EarlyHandler>>().State);
    }

    private sealed class EarlyHandler : ILateHandler<int>, IDisposable
    {
        public EarlyHandler(List<EarlyHandler> made, CancellationTokenSource start)
        {
            made.Add(this);
            start.Cancel();
        }

        public bool IsDisposed { get; private set; }

        public ValueTask<int> InitAsync(LateContext context, CancellationToken cancellationToken) => new(0);

        public void Dispose() => IsDisposed = true;
    }
}
