using System.Net.Sockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Raw;

/// <summary>A thread that blocks in a socket: the limit of what any client can do here.</summary>
internal abstract class RawTrial(string target) : ITrial
{
    private Socket? _socket;
    private Thread? _thread;
    private volatile bool _isStopped;

    public abstract long? Done { get; }

    public virtual Histogram? RoundTrips => null;

    /// <summary>True when the trial is to end.</summary>
    protected bool IsStopped => _isStopped;

    public Task StartAsync(ServerAddress server)
    {
        var socket = _socket = RawSocket.Connect(server, target);
        _thread = new Thread(() => Run(socket)) { IsBackground = true };
        _thread.Start();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _isStopped = true;
        _socket?.Shutdown(SocketShutdown.Both);
        _thread?.Join();
        _socket?.Dispose();
        return default;
    }

    protected abstract void Work(Socket socket);

    private void Run(Socket socket)
    {
        try
        {
            while (!IsStopped)
            {
                Work(socket);
            }
        }
        catch (SocketException)
        {
            // Shut down: the trial has ended.
        }
    }
}
