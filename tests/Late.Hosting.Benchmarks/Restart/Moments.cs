using System.Diagnostics;

namespace Late.Hosting.Benchmarks.Restart;

/// <summary>When something happened, as timestamps of the clock that all processes share.</summary>
internal sealed class Moments(IEnumerable<long> timestamps)
{
    private readonly long[] _sorted = [.. timestamps.Order()];

    public int Count => _sorted.Length;

    public long First => _sorted[0];

    /// <summary>Those after one moment.</summary>
    public Moments After(long moment) => new(_sorted.Where(at => at > moment));

    /// <summary>How many lie in the fullest stretch of a length, wherever it begins.</summary>
    public int Busiest(TimeSpan length)
    {
        long ticks = (long)(length.TotalSeconds * Stopwatch.Frequency);
        int most = 0;
        for (int last = 0, first = 0; last < _sorted.Length; last++)
        {
            while (_sorted[last] - _sorted[first] >= ticks)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>How many lie in each second from a moment on, for people to look at.</summary>
    public string PerSecond(long from) => string.Join(
        ' ', _sorted.CountBy(at => (int)Math.Floor((at - from) / (double)Stopwatch.Frequency)).OrderBy(second => second.Key).Select(second => $"{second.Key}s:{second.Value}"));
}
