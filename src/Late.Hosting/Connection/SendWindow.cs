namespace Late.Hosting.Connection;

/// <summary>
/// What a connection has sent within the last <see cref="LateSendLimitOptions.Window"/>, over its sessions; for the runner
/// alone. Frames of about the same time count as one slice, for as long as the last of them does: memory is bounded, and
/// never more is sent than allowed.
/// </summary>
internal sealed class SendWindow(TimeProvider time)
{
    private const int SlicesPerWindow = 64;

    private readonly Queue<Slice> _slices = new();
    private Slice? _last;
    private long _frames;
    private long _bytes;

    /// <summary>How long a frame has to wait; zero or less where it may be sent now.</summary>
    public TimeSpan WaitFor(long bytes, LateSendLimitOptions limit)
    {
        var now = time.GetTimestamp();
        ForgetUntil(now, limit.Window);
        var (frames, sum, wait) = (_frames, _bytes, TimeSpan.Zero);
        foreach (var slice in _slices)
        {
            if (HasRoom(frames, sum, bytes, limit))
            {
                break;
            }

            (frames, sum) = (frames - slice.Frames, sum - slice.Bytes);
            wait = limit.Window - time.GetElapsedTime(slice.LastAt, now);
        }

        return wait;
    }

    /// <summary>A frame is sent.</summary>
    public void Count(long bytes, LateSendLimitOptions limit)
    {
        var now = time.GetTimestamp();
        if (_last is null || time.GetElapsedTime(_last.FirstAt, now) > limit.Window / SlicesPerWindow)
        {
            _slices.Enqueue(_last = new Slice(now));
        }

        _last.Frames++;
        _last.Bytes += bytes;
        _last.LastAt = now;
        (_frames, _bytes) = (_frames + 1, _bytes + bytes);
    }

    /// <summary>What was sent since a time has reached the socket only now: the server was slow to read.</summary>
    public void Delay(long since)
    {
        var now = time.GetTimestamp();
        foreach (var slice in _slices)
        {
            slice.LastAt = slice.LastAt < since ? slice.LastAt : now;
        }
    }

    private void ForgetUntil(long now, TimeSpan window)
    {
        while (_slices.TryPeek(out var oldest) && time.GetElapsedTime(oldest.LastAt, now) >= window)
        {
            _slices.Dequeue();
            (_frames, _bytes) = (_frames - oldest.Frames, _bytes - oldest.Bytes);
            _last = _slices.Count == 0 ? null : _last;
        }
    }

    // What is larger than the limit was refused already, but for one that a reload has made smaller: it goes alone.
    private static bool HasRoom(long frames, long sum, long bytes, LateSendLimitOptions limit) =>
        frames == 0 || (!(frames >= limit.Frames) && !(sum + bytes > limit.Bytes));

    private sealed class Slice(long firstAt)
    {
        public long FirstAt { get; } = firstAt;

        public long LastAt { get; set; } = firstAt;

        public long Frames { get; set; }

        public long Bytes { get; set; }
    }
}
