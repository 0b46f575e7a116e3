using Late.Hosting.Simulation.Network;

namespace Late.Hosting.Simulation.Leases;

/// <summary>A session at the server: what comes of it while its host does not own the connection would be a second owner's.</summary>
internal sealed class OwnerSession
{
    /// <summary>The handler faults its connection.</summary>
    public const string FaultMessage = "fault";

    private readonly LeaseWorld _world;
    private readonly ClientFrames _frames;
    private bool _isOver;

    public OwnerSession(LeaseWorld world, OwnerHost host, int number, long token)
    {
        (_world, Host, Number, Token) = (world, host, number, token);
        _frames = new ClientFrames(OnFrame, breach => world.Verdict.Fail("P4", $"session {number}: {breach}"));
        Wire = new OwnerWire(world, this);
        TalkLater();
    }

    public OwnerHost Host { get; }

    public int Number { get; }

    /// <summary>The token that the host has given.</summary>
    public long Token { get; }

    public OwnerWire Wire { get; }

    /// <summary>Bytes of the host reach the network.</summary>
    public void Accept(ReadOnlySpan<byte> bytes)
    {
        _world.Server.RequireOwner(Host, Token, $"bytes of session {Number}");
        _frames.Feed(bytes);
    }

    /// <summary>A message after which the handler faults its connection is there immediately.</summary>
    public void Fault()
    {
        if (!_isOver)
        {
            Wire.Arrive(ServerFrames.Message(isText: true, FaultMessage));
        }
    }

    /// <summary>The host's socket is closed.</summary>
    public void OnLeft()
    {
        if (!_isOver)
        {
            _isOver = true;
            _world.Trace.Write($"server: session {Number} is lost");
        }
    }

    private void OnFrame(ClientFrame frame)
    {
        if (frame.Opcode == ClientFrame.Close)
        {
            _world.Trace.Write($"server: session {Number} closes with {frame.CloseCode}");
            Send(ServerFrames.Close(frame.CloseCode, ""));
            End();
        }
    }

    // Messages, pings, and now and then an end.
    private void TalkLater() => _world.Time.After(_world.Dice.Time(10, 4000), () =>
    {
        if (_isOver)
        {
            return;
        }

        switch (_world.Dice.Weighted(50, 30, 4, 4, 4, 4))
        {
            case 0:
                Send(ServerFrames.Message(isText: true, "question"));
                break;
            case 1:
                Send(ServerFrames.Ping([1]));
                break;
            case 2:
                Send(ServerFrames.Message(isText: true, FaultMessage));
                break;
            case 3:
                Send(ServerFrames.Message(isText: true, "throw"));
                break;
            case 4:
                Send(ServerFrames.Close(1001, ""));
                break;
            default:
                End();
                break;
        }

        TalkLater();
    });

    private void Send(byte[] bytes) => _world.Time.After(_world.Dice.Time(1, 50), () => Wire.Arrive(bytes));

    private void End()
    {
        _isOver = true;
        _world.Time.After(TimeSpan.FromMilliseconds(60), () => Wire.Arrive([]));
    }
}
