namespace Late.Hosting.Simulation.Handling;

/// <summary>A post that needs no session.</summary>
/// <param name="Id">Its number, among those of the handler or among the others.</param>
/// <param name="IsOwn">The handler has posted it.</param>
internal sealed record FreeNote(int Id, bool IsOwn);
