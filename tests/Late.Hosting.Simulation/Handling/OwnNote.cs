namespace Late.Hosting.Simulation.Handling;

/// <summary>A post of the handler to itself.</summary>
internal sealed record OwnNote(int Id);
