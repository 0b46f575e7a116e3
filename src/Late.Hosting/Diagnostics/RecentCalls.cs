namespace Late.Hosting.Diagnostics;

/// <summary>How long the last calls took. To note one costs a count and a write.</summary>
internal sealed class RecentCalls
{
    private const int Kept = 256;

    private float[]? _milliseconds;
    private long _count;
    private long _failed;

    /// <summary>How many calls have ended.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>How many of them without a reply.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Notes a call that has ended; from any thread.</summary>
    public void Add(TimeSpan duration, bool hasFailed)
    {
        var milliseconds = Volatile.Read(ref _milliseconds) ?? Create();
        milliseconds[(Interlocked.Increment(ref _count) - 1) % Kept] = (float)duration.TotalMilliseconds;
        if (hasFailed)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    /// <summary>What half, and what all but one in a hundred, of the last calls took; zero before the first.</summary>
    public (double P50, double P99) Percentiles()
    {
        var recent = (Volatile.Read(ref _milliseconds) ?? []).AsSpan(0, (int)Math.Min(Count, Kept)).ToArray();
        if (recent.Length == 0)
        {
            return default;
        }

        Array.Sort(recent);
        return (At(0.5), At(0.99));

        double At(double part) => recent[(int)Math.Ceiling(part * recent.Length) - 1];
    }

    // A connection that is never called pays nothing.
    private float[] Create()
    {
        var made = new float[Kept];
        return Interlocked.CompareExchange(ref _milliseconds, made, null) ?? made;
    }
}
