using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>Connections that a supervisor has started over HTTP/2, and the server's end of each.</summary>
public sealed class Fleet : IAsyncDisposable
{
    private readonly TestServer _server;
    private readonly IHost _host;

    private Fleet(TestServer server, IHost host) => (_server, _host) = (server, host);

    public IReadOnlyDictionary<string, ILateClient<FleetHandler>> Clients => Supervisor.Connections;

    /// <summary>The server's ends, by serial number.</summary>
    public Dictionary<string, TestPeer> Peers { get; } = [];

    public ILateSupervisor<FleetHandler> Supervisor => _host.Services.GetRequiredService<ILateSupervisor<FleetHandler>>();

    /// <summary>The peers of each TCP connection.</summary>
    public IReadOnlyList<IGrouping<string, TestPeer>> TcpConnections => [.. Peers.Values.GroupBy(static peer => peer.TcpConnection)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts so many connections concurrently; done when all are ready.</summary>
    /// <param name="server">The server.</param>
    /// <param name="connections">How many; their keys and serial numbers start at 0.</param>
    /// <param name="options">Changes the options of all.</param>
    /// <param name="configure">Configures the supervisor.</param>
    /// <param name="clock">The clock of all; by default the system's.</param>
    /// <param name="gate">When the handler of a number handles messages; immediately where it is null.</param>
    public static async Task<Fleet> StartAsync(
        TestServer server,
        int connections,
        Action<LateConnectionOptions>? options = null,
        Action<ILateConnectionBuilder>? configure = null,
        TestClock? clock = null,
        Func<int, Task?>? gate = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (clock is not null)
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
        }

        var supervisor = builder.Services.AddLateSupervisor<FleetHandler>(connection =>
        {
            connection.Uri = server.Uri;
            connection.HttpVersion = HttpVersion.Version20;
            if (clock is null)
            {
                RealTime.Apply(connection);
            }
            options?.Invoke(connection);
        });
        configure?.Invoke(supervisor);
        var fleet = new Fleet(server, builder.Build());
        await fleet._host.StartAsync(Token);
        await fleet.AddAsync(0, connections - 1, gate);
        return fleet;
    }

    /// <summary>Starts the connections of these numbers concurrently; done when all are ready.</summary>
    public async Task AddAsync(int first, int last, Func<int, Task?>? gate = null)
    {
        var numbers = Enumerable.Range(first, last - first + 1);
        await Task.WhenAll(numbers.Select(number =>
            Supervisor.StartAsync($"{number}", create: _ => new FleetHandler($"{number}", gate?.Invoke(number)), cancellationToken: Token)));
        await AcceptAsync(last - first + 1);
    }

    /// <summary>Accepts the next attempts; done when all connections are ready.</summary>
    public async Task AcceptAsync(int attempts)
    {
        for (var i = 0; i < attempts; i++)
        {
            var peer = await _server.AcceptAsync();
            Peers[(await peer.ReceiveAsync())!.Split(' ')[1]] = peer;
        }

        await Task.WhenAll(Clients.Values.Select(static client => client.WaitForReadyAsync(Token)));
    }

    /// <summary>Calls over a connection; its peer answers.</summary>
    public async Task CallAsync(string serial)
    {
        var call = Clients[serial].CallAsync(new Ask("number"), Token);
        await Peers[serial].SendAsync((await Peers[serial].ReceiveAsync())!);
        Assert.Equal($"{serial} number", await call);
    }

    /// <summary>Calls over each connection, one after the other.</summary>
    public async Task CallAllAsync()
    {
        foreach (var serial in Clients.Keys)
        {
            await CallAsync(serial);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _host.StopAsync(now.Token);
        _host.Dispose();
    }
}
