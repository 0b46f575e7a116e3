namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>Every choice of a script, from its seed alone (SplitMix64).</summary>
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

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public T PickEnum<T>()
        where T : struct, Enum => Pick<T>(Enum.GetValues<T>());

    /// <summary>A choice by weight.</summary>
    public T Weighted<T>(params ReadOnlySpan<(int Weight, T Choice)> choices)
    {
        var sum = 0;
        foreach (var (weight, _) in choices)
        {
            sum += weight;
        }

        var left = Below(sum);
        var index = 0;
        while (left >= choices[index].Weight)
        {
            left -= choices[index++].Weight;
        }

        return choices[index].Choice;
    }
}
