namespace Late.Hosting.Simulation.Handling;

/// <summary>A delayed post that needs no session; it belongs to the life in which it was started.</summary>
/// <param name="Id">Its number.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="Life">The handler of that life.</param>
internal sealed record FreeTimedNote(int Id, TimeSpan DueAt, SimulationHandler Life)
{
    public bool IsHandled { get; set; }
}
