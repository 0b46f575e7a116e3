using System.Net;
using System.Net.Sockets;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Peer;

/// <summary>Listens, and plays the script's attempts one after the other.</summary>
internal sealed class PeerServer : IDisposable
{
    // Small, so that a peer that does not read is soon noticed.
    private const int ReceiveBufferBytes = 64 * 1024;

    private static readonly AttemptPlan s_well = new(Answer.Upgrade) { Steps = [new(StepKind.Hold)] };

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Facts _facts;
    private readonly List<Thread> _threads = [];
    private int _taken;

    public PeerServer(Facts facts)
    {
        _facts = facts;
        _socket.ReceiveBufferSize = ReceiveBufferBytes;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Listen();
        Start(Accept);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>How many plans have been taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public bool IsDone => Taken >= _facts.Script.Attempts.Count;

    public AttemptPlan TakePlan(out bool isLast)
    {
        var index = Interlocked.Increment(ref _taken) - 1;
        var attempts = _facts.Script.Attempts;
        isLast = index >= attempts.Count - 1;
        var plan = index < attempts.Count ? attempts[index] : s_well;
        _facts.LastPlan = plan;
        _facts.Progress();
        _facts.Record($"peer: attempt {index + 1}: {plan}");
        return plan;
    }

    /// <summary>Runs what the peer does on a thread of its own; what breaks there is a connection that ended.</summary>
    public void Start(Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The client, or the end of the script, ended it.
            }
        })
        {
            IsBackground = true,
        };
        lock (_threads)
        {
            _threads.Add(thread);
        }

        thread.Start();
    }

    public void Dispose()
    {
        _facts.Over.Cancel();
        _socket.Dispose();
    }

    private void Accept()
    {
        while (true)
        {
            var socket = _socket.Accept();
            _facts.Requests.Accept(_facts);
            Start(() => new PeerConnection(this, _facts, new SocketStream(socket, _facts.Over.Token)).Run());
        }
    }
}
