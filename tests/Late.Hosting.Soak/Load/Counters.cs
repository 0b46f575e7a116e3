namespace Late.Hosting.Soak.Load;

/// <summary>What all connections have done together.</summary>
internal sealed class Counters
{
    private long _messages;
    private long _answers;
    private long _failures;
    private long _sessions;

    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Calls that ended with their reply.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Calls that ended in another way.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    public long Sessions => Interlocked.Read(ref _sessions);

    public void AddMessage() => Interlocked.Increment(ref _messages);

    public void AddAnswer() => Interlocked.Increment(ref _answers);

    public void AddFailure() => Interlocked.Increment(ref _failures);

    public void AddSession() => Interlocked.Increment(ref _sessions);
}
