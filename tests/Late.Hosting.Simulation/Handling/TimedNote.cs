namespace Late.Hosting.Simulation.Handling;

/// <summary>A delayed post; it belongs to the session in which it was started.</summary>
internal sealed record TimedNote(int Id, int Session);
