namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Counts what one thread at a time does, for another to look at.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Increment() => Volatile.Write(ref _value, _value + 1);

    public void Add(long count) => Volatile.Write(ref _value, _value + count);
}
