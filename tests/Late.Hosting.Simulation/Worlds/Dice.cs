namespace Late.Hosting.Simulation.Worlds;

/// <summary>Every choice of a world, from its seed alone (SplitMix64).</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From zero up to, and without, <paramref name="count"/>.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>From one to the other, both possible.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>From zero up to, and without, one.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>A choice by weight: the index of one of <paramref name="weights"/>.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        var left = Below(sum);
        var index = 0;
        while (left >= weights[index])
        {
            left -= weights[index++];
        }

        return index;
    }

    /// <summary>A time, in whole milliseconds; short ones are as likely as long ones.</summary>
    public TimeSpan Time(int leastMilliseconds, int mostMilliseconds) => TimeSpan.FromMilliseconds(
        Math.Round(leastMilliseconds * Math.Pow((double)mostMilliseconds / leastMilliseconds, Fraction())));
}
