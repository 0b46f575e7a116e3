using System.Net;
using System.Net.Sockets;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>A TCP connection between a host and its store, which a test pulls out and plugs in again.</summary>
internal sealed class Cable : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _open = [];
    private bool _isOut;

    public Cable(int target)
    {
        _target = target;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Ends what is open, and what is opened from now on.</summary>
    public void Pull()
    {
        lock (_gate)
        {
            _isOut = true;
            _open.ForEach(static client => client.Dispose());
            _open.Clear();
        }
    }

    public void Plug()
    {
        lock (_gate)
        {
            _isOut = false;
        }
    }

    public void Dispose()
    {
        Pull();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ForwardAsync(client));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var store = new TcpClient();
        try
        {
            if (!Keep(client, store))
            {
                return;
            }

            // A cable keeps nothing back until the other side has acknowledged what it was sent.
            client.NoDelay = store.NoDelay = true;
            await store.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(client.GetStream().CopyToAsync(store.GetStream()), store.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of both has ended.
        }
        finally
        {
            client.Dispose();
        }
    }

    private bool Keep(TcpClient client, TcpClient store)
    {
        lock (_gate)
        {
            if (_isOut)
            {
                return false;
            }

            _open.AddRange([client, store]);
            return true;
        }
    }
}
