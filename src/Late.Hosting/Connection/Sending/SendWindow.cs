using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Sending;

/// <summary>
/// What a connection has sent within the last <see cref="LateSendLimitOptions.Window"/>, over its sessions. A frame is counted from
/// the moment in which it may be sent, and its time from the end of the write that carried it: the server has it by then, and
/// may have had it later than we began. Frames whose writes ended at about the same time count as one slice, for as long as
/// the last of them does: memory is bounded, and never more is sent than allowed.
/// </summary>
internal sealed class SendWindow(TimeProvider time)
{
    private const int SlicesPerWindow = 64;

    private readonly Gate _gate = new();
    private readonly Queue<Slice> _slices = new();
    private Slice? _last;
    private long _frames;
    private long _bytes;

    /// <summary>How long a frame has to wait at least; zero or less where it may be sent now.</summary>
    public TimeSpan WaitFor(long bytes, LateSendLimitOptions limit)
    {
        using (_gate.Enter())
        {
            var now = time.GetTimestamp();
            RemoveUntil(now, limit.Window);
            var (frames, sum, wait) = (_frames, _bytes, TimeSpan.Zero);
            foreach (var slice in _slices)
            {
                if (HasRoom(frames, sum, bytes, limit))
                {
                    return wait;
                }

                (frames, sum) = (frames - slice.Frames, sum - slice.Bytes);
                wait = limit.Window - time.GetElapsedTime(slice.LastAt, now);
            }

            // What is not written yet takes its room for a whole window at least.
            return HasRoom(frames, sum, bytes, limit) ? wait : limit.Window;
        }
    }

    /// <summary>A frame is about to be sent, in one of the session's next writes.</summary>
    public void Count(long bytes, UnwrittenFrames unwritten, LateSendLimitOptions limit)
    {
        using (_gate.Enter())
        {
            unwritten.Frames++;
            unwritten.Bytes += bytes;
            (_frames, _bytes) = (_frames + 1, _bytes + bytes);
            if (unwritten.IsOver)
            {
                Date(unwritten, limit);
            }
        }
    }

    /// <summary>The writes that carried these frames have ended, well or not: the server may have had them until now.</summary>
    public void Written(UnwrittenFrames unwritten, LateSendLimitOptions limit)
    {
        using (_gate.Enter())
        {
            Date(unwritten, limit);
        }
    }

    /// <summary>The session of these frames writes nothing any more.</summary>
    public void End(UnwrittenFrames unwritten, LateSendLimitOptions limit)
    {
        using (_gate.Enter())
        {
            unwritten.IsOver = true;
            Date(unwritten, limit);
        }
    }

    private void Date(UnwrittenFrames unwritten, LateSendLimitOptions limit)
    {
        if (unwritten.Frames == 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        if (_last is null || time.GetElapsedTime(_last.FirstAt, now) > limit.Window / SlicesPerWindow)
        {
            _slices.Enqueue(_last = new Slice(now));
        }

        _last.Frames += unwritten.Frames;
        _last.Bytes += unwritten.Bytes;
        _last.LastAt = now;
        (unwritten.Frames, unwritten.Bytes) = (0, 0);
    }

    private void RemoveUntil(long now, TimeSpan window)
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
