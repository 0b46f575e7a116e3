namespace Late.Hosting.Mutations.Table;

/// <summary>What readers of streams receive, and what the handler learns of their end.</summary>
internal static class Streams
{
    public static IEnumerable<Mutation> Mutations =>
    [
        new("end-of-a-stream-hides-its-items", "P20: a stream ends behind the items that were written", Finder.Simulation,
            new Edit("StreamItems.cs", "if (found == Reading.Nothing && _isEnded)", "if (_isEnded)")),
        new("complete-stream-is-not-ended", "P5: a complete stream ends for its reader", Finder.Simulation,
            new Edit("StreamItem.cs", "var isFirst = TryEnd(); _items.End(null);", "var isFirst = TryEnd();")),
        new("reader-sleeps-at-the-end-of-its-stream", "P5: the end of a stream reaches a reader that waits", Finder.Simulation,
            new Edit("StreamItems.cs", "// Not at the end of a burst, which a callback may hold up. Reader.Wake();", "")),
        new("stream-is-read-without-a-wake", "P20: what is written reaches a reader that waits", Finder.Simulation,
            new Edit("StreamItems.cs", "_log.Add(item); wakes = _waiting.TryBeginWake();", "_log.Add(item); wakes = false;")),
        new("stream-has-room-for-one-more", "P17: a stream keeps as many items as its capacity at most", Finder.Simulation,
            new Edit("StreamItems.cs", "_log.Head - Reader.Position >= Reader.Capacity;", "_log.Head - Reader.Position > Reader.Capacity;")),
        new("stream-has-room-for-one-less", "P17: a stream keeps as many items as its capacity", Finder.Simulation,
            new Edit("StreamItems.cs", "_log.Head - Reader.Position >= Reader.Capacity;", "_log.Head - Reader.Position >= Reader.Capacity - 1;")),
        new("full-stream-continues", "P17: a stream whose buffer is full ends", Finder.Simulation,
            new Edit("StreamItem.cs", "_reason = LateCallEndReason.Overflow; TryCancel();", "_reason = LateCallEndReason.Overflow;")),
        new("full-stream-has-no-exception", "P17: the reader of a stream whose buffer was full is informed", Finder.Simulation,
            new Edit("StreamItem.cs", "_items.Overflow();", "_items.End(null);")),
        new("full-stream-was-canceled", "P19: the handler learns that the reader was too slow", Finder.Simulation,
            new Edit("StreamItem.cs", "_reason = LateCallEndReason.Overflow; TryCancel();", "TryCancel();")),
        new("dropped-items-of-a-stream-are-not-reported", "P17: OnDropped is called where items are missing", Finder.Simulation,
            new Edit("StreamItem.cs", "_dropped?.Invoke(next.Dropped);", "")),
        new("stream-continues-without-its-reader", "P19: a stream that its reader leaves ends", Finder.Simulation,
            new Edit("StreamItem.cs", "LateCallEndReason.ReaderLeft; TryCancel();", "LateCallEndReason.ReaderLeft;")),
        new("stream-that-is-left-was-canceled", "P19: the handler learns that the reader has left", Finder.Simulation,
            new Edit("StreamItem.cs", "? LateCallEndReason.Canceled : LateCallEndReason.ReaderLeft;", "? LateCallEndReason.Canceled : LateCallEndReason.Canceled;")),
        new("stream-that-times-out-was-canceled", "P19: the handler learns that the time of a stream has passed", Finder.Simulation,
            new Edit("StreamItem.cs", "base.ToEndItem(reason == LateCallEndReason.Canceled ? _reason : reason);", "base.ToEndItem(_reason);")),
        new("stream-without-an-item-does-not-end", "P5: a stream without an item ends in its time", Finder.Simulation,
            new Edit("StreamClock.cs", "stream.OnTimeout();", "")),
        new("item-does-not-extend-the-time-of-a-stream", "P5: the time of a stream begins with its last item", Finder.Simulation,
            new Edit("StreamClock.cs", "Volatile.Write(ref _lastAt, Math.Max(1, time.GetTimestamp()));", "Volatile.Write(ref _lastAt, Math.Max(1, _beganAt));")),
        new("time-to-the-first-item-counts-between-items", "P5: a stream has ItemTimeout from one item to the next", Finder.Simulation,
            new Edit("StreamClock.cs", "last == 0 ? Left(first, _beganAt) : Left(between, last);", "last == 0 ? Left(first, _beganAt) : Left(first, last);")),
        new("time-between-items-is-looked-at-too-late", "P5: a stream ends where ItemTimeout has passed", Finder.Simulation,
            new Edit("StreamClock.cs", "Earlier(left, last == 0 && between != Timeout.InfiniteTimeSpan ? between : left)", "Earlier(left, left)")),
        new("timer-outlives-its-stream", "P5: a stream that has ended leaves no timer", Finder.Simulation,
            new Edit("StreamItem.cs", "_clock.Dispose();", "")),
    ];
}
