using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>
/// An address that stays while the servers behind it come and go: a test that restarts a server would have to bind a port
/// again that it has freed, and another process may have it by then.
/// </summary>
internal sealed class TcpGate : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly Task _accepting;
    private volatile Uri? _server;

    public TcpGate()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    /// <summary>Leads to this server from now on.</summary>
    public void Open(Uri server) => _server = server;

    /// <summary>Breaks every connection, and each that comes, until another server is there.</summary>
    public void Shut()
    {
        _server = null;
        foreach (var socket in _open.Keys)
        {
            socket.Close(timeout: 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Shut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The gate has ended.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        (_open[client], _open[server]) = (0, 0);
        try
        {
            if (_server is { } address)
            {
                await server.ConnectAsync(IPAddress.Loopback, address.Port);
                await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One of the two is gone, and so is the other.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            client.Close(timeout: 0);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // What it came from or went to is gone.
        }
    }
}
