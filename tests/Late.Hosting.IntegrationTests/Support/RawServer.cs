using System.Net;
using System.Net.Sockets;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// A server that a test plays byte by byte. Before <see cref="Listen"/> its port is taken, and nothing answers there.
/// </summary>
public sealed class RawServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<RawPeer> _peers = [];

    public RawServer() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public Uri Uri => new($"ws://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}/feed");

    public static RawServer Start()
    {
        var server = new RawServer();
        server.Listen();
        return server;
    }

    public void Listen() => _socket.Listen();

    /// <summary>The next TCP connection.</summary>
    public async Task<RawPeer> ConnectionAsync()
    {
        var peer = new RawPeer(await _socket.AcceptAsync(TestContext.Current.CancellationToken));
        lock (_peers)
        {
            _peers.Add(peer);
        }

        return peer;
    }

    /// <summary>The next TCP connection, upgraded.</summary>
    public async Task<RawPeer> AcceptAsync()
    {
        var peer = await ConnectionAsync();
        await peer.UpgradeAsync();
        return peer;
    }

    public void Dispose()
    {
        _socket.Dispose();
        lock (_peers)
        {
            _peers.ForEach(static peer => peer.Dispose());
        }
    }
}
