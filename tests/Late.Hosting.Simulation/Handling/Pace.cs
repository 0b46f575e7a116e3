namespace Late.Hosting.Simulation.Handling;

/// <summary>How long a callback takes.</summary>
internal enum Pace
{
    Immediate,
    Yields,
    Later,
    UntilCancelled,
    Never,
}
