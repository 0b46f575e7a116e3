using System.Numerics;

namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Counts durations in steps of less than one percent, without an allocation for each.</summary>
internal sealed class Histogram
{
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public long Count { get; private set; }

    /// <summary>Takes a duration in ticks of the stopwatch.</summary>
    public void Add(long ticks)
    {
        lock (_gate)
        {
            _counts[IndexOf(Math.Max(ticks, 1))]++;
            Count++;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            Array.Clear(_counts);
            Count = 0;
        }
    }

    /// <summary>The duration that a share of all does not exceed, in microseconds.</summary>
    public double Microseconds(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                return ValueOf(i) * 1e6 / System.Diagnostics.Stopwatch.Frequency;
            }
        }

        return 0;
    }

    private static int IndexOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - StepBits);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static double ValueOf(int index)
    {
        int shift = Math.Max(0, (index / Steps) - 1);
        return (double)(index - (shift * Steps)) * (1L << shift);
    }
}
