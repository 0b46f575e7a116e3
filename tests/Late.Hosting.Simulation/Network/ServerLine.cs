using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Network;

/// <summary>Carries a server's bytes to the client: in pieces, with their latency, in order, until the connection breaks.</summary>
internal sealed class ServerLine(Subject subject, int number, LinkPlan link, Wire wire)
{
    // What comes with the answer to the upgrade fits into the client's first read.
    private const int MostEarlyBytes = 4000;

    private List<byte>? _early;
    private TimeSpan _lastArrival;
    private long _arrivedBytes;
    private int _inFlight;

    /// <summary>Nothing comes any more.</summary>
    public bool IsSilent { get; set; }

    /// <summary>True where all that was sent has arrived.</summary>
    public bool IsEmpty => _inFlight == 0;

    /// <summary>True where what is sent now comes with the answer to the upgrade.</summary>
    public bool IsEarly => _early is not null;

    /// <summary>From here to <see cref="EndEarly"/>, what is sent comes with the answer to the upgrade, as far as it fits.</summary>
    public void BeginEarly() => _early = [];

    public byte[] EndEarly()
    {
        var early = _early!.ToArray();
        _early = null;
        wire.StartWith(early);
        return early;
    }

    public byte[] Send(byte[] bytes)
    {
        if (_early is { } early && early.Count + bytes.Length <= MostEarlyBytes && IsEmpty)
        {
            early.AddRange(bytes);
            return bytes;
        }

        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, Math.Max(link.MostBytesPerPiece, bytes.Length / 50));
            var piece = bytes.AsSpan(at, count).ToArray();
            at += count;
            _inFlight++;
            After(() => Arrive(piece), () => _inFlight--);
        }

        return bytes;
    }

    /// <summary>Sends to a client that has read everything: it is there at this moment.</summary>
    public byte[] SendImmediately(byte[] bytes)
    {
        _inFlight++;
        Arrive(bytes);
        _inFlight--;
        return bytes;
    }

    /// <summary>Does something when what was sent before has arrived: the network keeps the order of what it carries.</summary>
    public void After(Action action, Action? always = null)
    {
        var now = subject.Time.Elapsed;
        var jitter = link.Latency > TimeSpan.Zero && subject.Dice.Chance(20) ? subject.Dice.Time(1, 50) : TimeSpan.Zero;
        var at = now + link.Latency + jitter;
        _lastArrival = at > _lastArrival ? at : _lastArrival + TimeSpan.FromTicks(1);
        subject.Time.After(_lastArrival - now, () =>
        {
            always?.Invoke();
            if (!IsSilent)
            {
                action();
            }
        });
    }

    private void Arrive(byte[] piece)
    {
        if (link.BreaksAfterReceived is { } limit && _arrivedBytes + piece.Length > limit)
        {
            wire.Arrive(piece[..(int)Math.Max(0, limit - _arrivedBytes)]);
            _arrivedBytes += piece.Length;
            subject.Trace.Write($"server {number}: reset after {limit} bytes received");
            wire.Break(losesArrived: false);
            return;
        }

        _arrivedBytes += piece.Length;
        wire.Arrive(piece);
    }
}
