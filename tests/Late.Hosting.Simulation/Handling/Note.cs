namespace Late.Hosting.Simulation.Handling;

/// <summary>A post from outside.</summary>
internal sealed record Note(int Id);
