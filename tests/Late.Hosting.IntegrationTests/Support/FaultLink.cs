using System.Net.Sockets;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>One TCP connection through a <see cref="FaultProxy"/>, and what breaks it.</summary>
public sealed class FaultLink
{
    private readonly Socket _client;
    private readonly Socket _server;

    public FaultLink(Socket client, Socket server)
    {
        (_client, _server) = (client, server);
        _client.NoDelay = _server.NoDelay = true;
        ToServer = new FaultPipe(client, server, Reset);
        ToClient = new FaultPipe(server, client, Reset);
    }

    public FaultPipe ToServer { get; }

    public FaultPipe ToClient { get; }

    /// <summary>Done when both ways have ended.</summary>
    public Task Carrying { get; private set; } = Task.CompletedTask;

    public void Start() => Carrying = Task.WhenAll(ToServer.RunAsync(), ToClient.RunAsync());

    /// <summary>Swallows what comes, both ways; the connection stays open.</summary>
    public void Swallow() => ToServer.Swallows = ToClient.Swallows = true;

    /// <summary>Ends both connections with RST.</summary>
    public void Reset()
    {
        _client.Close(timeout: 0);
        _server.Close(timeout: 0);
    }
}
