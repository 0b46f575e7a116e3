namespace Late.Hosting.Connection;

/// <summary>What a stop no longer waits for.</summary>
internal sealed class StopSignals
{
    /// <summary>Canceled when a callback that runs is no longer waited for; <c>HandleTerminate</c>, which is last, has its time nevertheless.</summary>
    public CancellationTokenSource Abandoned { get; } = new();

    /// <summary>Canceled when nothing is waited for any more.</summary>
    public CancellationTokenSource Ended { get; } = new();
}
