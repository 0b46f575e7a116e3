namespace Late.Hosting.Diagnostics;

/// <summary>
/// How many calls have ended, and how long the last ones took. Of more than 1,000 calls that begin within 10 ms, so many are
/// measured: where calls are as cheap as that, to measure each would cost a part of them.
/// </summary>
internal sealed class RecentCalls(TimeProvider time)
{
    private const int Kept = 256;
    private const int MostPerWindow = 1000;

    private readonly long _window = time.TimestampFrequency / 100;
    private float[]? _milliseconds;
    private long _windowFrom = long.MinValue / 2;
    private int _begun;
    private long _measured;
    private long _ended;
    private long _failed;
    private Measured? _last;

    /// <summary>How many calls have ended.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>How many of them without a reply.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Whether a call that begins now is to be measured; from any thread.</summary>
    public bool Measures(long now)
    {
        if (now - Volatile.Read(ref _windowFrom) >= _window)
        {
            Volatile.Write(ref _windowFrom, now);
            _begun = 0;
        }

        // Two threads may count as one: then a few more are measured.
        return ++_begun <= MostPerWindow;
    }

    /// <summary>Counts a call that has ended; from any thread.</summary>
    public void Count(bool hasFailed)
    {
        Interlocked.Increment(ref _ended);
        if (hasFailed)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    /// <summary>Notes how long a measured call took; from any thread.</summary>
    public void Note(TimeSpan duration)
    {
        var milliseconds = Volatile.Read(ref _milliseconds) ?? Create();
        milliseconds[(Interlocked.Increment(ref _measured) - 1) % Kept] = (float)duration.TotalMilliseconds;
    }

    /// <summary>
    /// What half, and what all but one in a hundred, of the last measured calls took; null before the first. It is computed
    /// once for as long as no call ends, so that many may ask often.
    /// </summary>
    public (TimeSpan P50, TimeSpan P99)? Percentiles()
    {
        var ended = Ended;
        if (ended == 0)
        {
            return null;
        }

        var last = Volatile.Read(ref _last);
        if (last?.Ended != ended)
        {
            Volatile.Write(ref _last, last = new Measured(ended, Compute()));
        }

        return last.Percentiles;
    }

    private (TimeSpan P50, TimeSpan P99)? Compute()
    {
        var recent = (Volatile.Read(ref _milliseconds) ?? []).AsSpan(0, (int)Math.Min(Interlocked.Read(ref _measured), Kept)).ToArray();
        if (recent.Length == 0)
        {
            return null;
        }

        Array.Sort(recent);
        return (At(0.5), At(0.99));

        TimeSpan At(double part) => TimeSpan.FromMilliseconds(recent[(int)Math.Ceiling(part * recent.Length) - 1]);
    }

    // A connection that is never called pays nothing.
    private float[] Create()
    {
        var made = new float[Kept];
        return Interlocked.CompareExchange(ref _milliseconds, made, null) ?? made;
    }

    /// <param name="Ended">How many calls had ended.</param>
    /// <param name="Percentiles">Those of the measured ones.</param>
    private sealed record Measured(long Ended, (TimeSpan P50, TimeSpan P99)? Percentiles);
}
