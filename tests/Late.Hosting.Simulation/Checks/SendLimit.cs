using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Counts what a connection writes, over all its sessions, against what it may send in a time (promise P8). The server may
/// have had a message as early as its write began, and as late as that ended: between the end of one write and the beginning
/// of another there has to be a whole window.
/// </summary>
internal sealed class SendLimit(Subject subject)
{
    private readonly List<(TimeSpan? WrittenAt, int Bytes, int Session)> _sent = [];

    private LateSendLimitOptions Options => subject.Options.SendLimit;

    /// <summary>True where frames may have to wait.</summary>
    public bool IsSet => Options is not { Frames: null, Bytes: null };

    /// <summary>A message has reached the network.</summary>
    /// <param name="session">The number of its session.</param>
    /// <param name="beganAt">When the write began that brought it.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="passes">It counts, and does not wait: a goodbye.</param>
    public void OnFrame(int session, TimeSpan beganAt, int bytes, bool passes)
    {
        if (!IsSet)
        {
            return;
        }

        _sent.RemoveAll(frame => beganAt - frame.WrittenAt >= Options.Window);
        _sent.Add((null, bytes, session));
        var sum = _sent.Sum(static frame => (long)frame.Bytes);
        subject.Verdict.Require(passes || !(_sent.Count > Options.Frames), "P8", $"{_sent.Count} messages were sent within {Options.Window}, of {Options.Frames}");
        subject.Verdict.Require(passes || !(sum > Options.Bytes), "P8", $"{sum} bytes were sent within {Options.Window}, of {Options.Bytes}");
    }

    /// <summary>A write of a session has ended, well or not.</summary>
    public void OnWritten(int session)
    {
        for (var i = 0; i < _sent.Count; i++)
        {
            if (_sent[i] is { WrittenAt: null } frame && frame.Session == session)
            {
                _sent[i] = frame with { WrittenAt = subject.Time.Elapsed };
            }
        }
    }
}
