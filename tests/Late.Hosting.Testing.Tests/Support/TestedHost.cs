using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Testing.Tests.Support;

/// <summary>An application with one connection, on a peer.</summary>
internal sealed class TestedHost : IAsyncDisposable
{
    private readonly IHost _host;

    public TestedHost(LateTestPeer? peer = null, Action<LateConnectionOptions>? configure = null)
    {
        Peer = peer ?? new LateTestPeer();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnection<TotalHandler>(configure);
        builder.Services.AddLateTestPeer<TotalHandler>(Peer);
        _host = builder.Build();
    }

    public LateTestPeer Peer { get; }

    public LateTestClock Clock => Peer.Clock;

    public ILateClient<TotalHandler> Client => _host.Services.GetRequiredService<ILateClient<TotalHandler>>();

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts it and accepts its connection.</summary>
    public async Task<LateTestSession> ReadyAsync()
    {
        await StartAsync();
        var session = await Peer.AcceptAsync();
        await session.ExpectAsync("hello 0");
        await Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _host.StopAsync(now.Token);
        _host.Dispose();
    }
}
