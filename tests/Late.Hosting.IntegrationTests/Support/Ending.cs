namespace Late.Hosting.IntegrationTests.Support;

/// <summary>What an <see cref="EndingHandler"/> does at the end of a call, and what became of it.</summary>
public sealed class Ending
{
    /// <summary>Its callbacks.</summary>
    public Life Life { get; } = new();

    public LatePendingCalls Pending { get; } = new();

    /// <summary>The ends that it was notified of.</summary>
    public List<(string Text, LateCallEndReason Reason)> Ends { get; } = [];

    /// <summary>What <c>HandleCallEnd</c> does; by default nothing.</summary>
    public Func<ILateClient<EndingHandler>, LateCallEnd<Ask>, int, ValueTask<LateResult<int>>> Act { get; set; } = static (_, _, state) => LateResult.Ok(state);
}
