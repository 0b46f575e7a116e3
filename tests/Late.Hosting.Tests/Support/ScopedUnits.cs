namespace Late.Hosting.Tests.Support;

/// <summary>Numbers the scoped services of a test, and specifies what their disposal does.</summary>
internal sealed class ScopedUnits
{
    private int _opened;

    public int Opened => Volatile.Read(ref _opened);

    /// <summary>What a disposal awaits; it completes synchronously by default.</summary>
    public Func<Task> Disposing { get; set; } = static () => Task.CompletedTask;

    public int Open() => Interlocked.Increment(ref _opened);
}
