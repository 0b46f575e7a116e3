using Late.Hosting.Simulation.Network;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What the simulated application throws. Its message is a secret.</summary>
internal sealed class SimulatedException() : Exception($"It went wrong with {Secrets.Thrown}.");
