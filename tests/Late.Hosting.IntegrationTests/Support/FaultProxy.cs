using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// A network that breaks: a TCP proxy before a server. Each connection through it is a <see cref="FaultLink"/> in the
/// test's hand.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Channel<FaultLink> _links = Channel.CreateUnbounded<FaultLink>();
    private readonly List<FaultLink> _all = [];
    private readonly Uri _server;
    private readonly Action<FaultLink> _configure;
    private readonly Task _accepting;

    /// <param name="server">Where the connections go.</param>
    /// <param name="configure">Sets the faults of a link before its first byte.</param>
    public FaultProxy(Uri server, Action<FaultLink>? configure = null)
    {
        (_server, _configure) = (server, configure ?? (_ => { }));
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The server's address, through the proxy.</summary>
    public Uri Uri => new UriBuilder(_server) { Port = ((IPEndPoint)_socket.LocalEndPoint!).Port }.Uri;

    /// <summary>The next connection.</summary>
    public async Task<FaultLink> LinkAsync() => await _links.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _accepting;
        foreach (var link in _all)
        {
            link.Reset();
            await link.Carrying;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _socket.AcceptAsync();
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(IPAddress.Loopback, _server.Port);
                var link = new FaultLink(client, server);
                _configure(link);
                link.Start();
                _all.Add(link);
                _links.Writer.TryWrite(link);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The proxy has ended.
        }
    }
}
