using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Counts what a connection writes, over all its sessions, against what it may send in a time (promise P8).</summary>
internal sealed class SendLimit(Subject subject)
{
    private readonly Queue<(TimeSpan At, int Bytes)> _sent = new();
    private long _bytes;

    private LateSendLimitOptions Options => subject.Options.SendLimit;

    /// <summary>True where frames may have to wait.</summary>
    public bool IsSet => Options is not { Frames: null, Bytes: null };

    /// <summary>A message has reached the network.</summary>
    public void OnFrame(int bytes)
    {
        if (!IsSet)
        {
            return;
        }

        var now = subject.Time.Elapsed;
        while (_sent.TryPeek(out var oldest) && now - oldest.At >= Options.Window)
        {
            _bytes -= _sent.Dequeue().Bytes;
        }

        _sent.Enqueue((now, bytes));
        _bytes += bytes;
        subject.Verdict.Require(!(_sent.Count > Options.Frames), "P8", $"{_sent.Count} messages were sent within {Options.Window}, of {Options.Frames}");
        subject.Verdict.Require(!(_bytes > Options.Bytes), "P8", $"{_bytes} bytes were sent within {Options.Window}, of {Options.Bytes}");
    }
}
