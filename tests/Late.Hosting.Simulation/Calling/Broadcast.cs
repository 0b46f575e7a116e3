namespace Late.Hosting.Simulation.Calling;

/// <summary>A call over all connections of a supervisor, with the calls that it has made.</summary>
internal sealed record Broadcast(int Id, IReadOnlyDictionary<string, CallErrand> Calls, Task<IReadOnlyDictionary<string, LateCallOutcome<int>>> Task)
{
    public override string ToString() => $"broadcast {Id}";
}
