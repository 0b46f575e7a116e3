using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>
/// A server that speaks HTTP/2 frame by frame (RFC 9113) and takes WebSockets (RFC 8441). It counts TCP connections and requests; a
/// test answers each request.
/// </summary>
public sealed class RawHttp2Server : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Channel<RawHttp2Request> _requests = Channel.CreateUnbounded<RawHttp2Request>();
    private readonly List<RawHttp2Connection> _connections = [];
    private readonly X509Certificate2? _certificate;

    private RawHttp2Server(X509Certificate2? certificate)
    {
        _certificate = certificate;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
        _ = AcceptAsync();
    }

    public Uri Uri => new($"{(_certificate is null ? "ws" : "wss")}://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}/feed");

    /// <summary>How many TCP connections have been accepted.</summary>
    public int TcpConnections { get; private set; }

    public static RawHttp2Server Start(X509Certificate2? certificate = null) => new(certificate);

    /// <summary>The next request.</summary>
    public async Task<RawHttp2Request> RequestAsync() => await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _socket.Dispose();
        lock (_connections)
        {
            _connections.ForEach(static connection => connection.Dispose());
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _socket.AcceptAsync();
                TcpConnections++;
                _ = ServeAsync(socket, TcpConnections);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The server has ended.
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = _certificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                });
            }

            var connection = new RawHttp2Connection(stream, socket, number, _requests.Writer);
            lock (_connections)
            {
                _connections.Add(connection);
            }

            await connection.ServeAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has ended it, or the test has.
        }
    }
}
