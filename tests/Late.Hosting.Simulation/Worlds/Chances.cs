namespace Late.Hosting.Simulation.Worlds;

/// <summary>Chance for what most worlds do not have: each has dice of its own, so that without it the worlds are what they were.</summary>
internal sealed class Chances(ulong seed)
{
    /// <summary>Chance for what was added first.</summary>
    public Dice Extras { get; } = new(~seed);

    /// <summary>The same for faults and new lives.</summary>
    public Dice Lives { get; } = new(seed ^ 0x4C69766573);

    /// <summary>The same for how sessions are replaced.</summary>
    public Dice Switches { get; } = new(seed ^ 0x5377697463686573);

    /// <summary>The same for the limits of calls, and for posts that need no session.</summary>
    public Dice Slots { get; } = new(seed ^ 0x536C6F7473);

    /// <summary>The same for topics, and their readers.</summary>
    public Dice Readers { get; } = new(seed ^ 0x52656164657273);

    /// <summary>The same for streams, and their readers.</summary>
    public Dice Streams { get; } = new(seed ^ 0x53747265616D73);

    /// <summary>The same for a rotation that is due while its session is replaced already.</summary>
    public Dice Drains { get; } = new(seed ^ 0x447261696E73);
}
