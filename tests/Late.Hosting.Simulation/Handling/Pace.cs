namespace Late.Hosting.Simulation.Handling;

/// <summary>How long a callback takes.</summary>
internal enum Pace
{
    AtOnce,
    Yields,
    Later,
    UntilCancelled,
    Never,
}
