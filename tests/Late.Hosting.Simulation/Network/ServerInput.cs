using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>What a server reads: frames at the moment in which the client hands them to the network, and room for more when it takes them.</summary>
internal sealed class ServerInput(Subject subject, int number, LinkPlan link, Action<ClientFrame> onFrame, Func<bool> isReading)
{
    private readonly ClientFrames _frames = new(onFrame, breach => subject.Verdict.Fail("P4", $"session {number}: {breach}"));
    private long _acceptedBytes;
    private int _untakenBytes;
    private bool _isStalled;

    /// <summary>The client's end.</summary>
    public Wire Wire { get; set; } = null!;

    /// <summary>The client has written.</summary>
    public void Accept(ReadOnlyMemory<byte> bytes)
    {
        if (link.BreaksAfterSent is { } limit && _acceptedBytes + bytes.Length > limit && !Wire.IsBroken)
        {
            _frames.Feed(bytes.Span[..(int)Math.Max(0, limit - _acceptedBytes)]);
            _acceptedBytes += bytes.Length;
            subject.Trace.Write($"server {number}: reset after {limit} bytes sent");
            Wire.Break(losesArrived: subject.Dice.Chance(50));
            return;
        }

        _acceptedBytes += bytes.Length;
        _frames.Feed(bytes.Span);
        var count = bytes.Length;
        subject.Time.After(link.Latency, () => Take(count));
    }

    /// <summary>Reads nothing for a time.</summary>
    public void Stall(TimeSpan time)
    {
        _isStalled = true;
        subject.Time.After(time, () =>
        {
            _isStalled = false;
            subject.Trace.Write($"server {number}: reads again");
            Resume();
        });
    }

    /// <summary>Takes what has come, unless something else is in the way.</summary>
    public void Resume()
    {
        var bytes = _untakenBytes;
        _untakenBytes = 0;
        Take(bytes);
    }

    private void Take(int bytes)
    {
        if (_isStalled || !isReading())
        {
            _untakenBytes += bytes;
        }
        else
        {
            Wire.GiveRoom(bytes);
        }
    }
}
