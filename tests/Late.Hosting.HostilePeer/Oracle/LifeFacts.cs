namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>The order of a handler's life (promises P1 and P3).</summary>
internal sealed class LifeFacts
{
    private int _running;
    private int _frames;

    /// <summary>How many callbacks of frames have begun.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>How often a life has begun: with the connection, and after each error where <c>HandlerErrors</c> is <c>Restart</c>.</summary>
    public int Lives { get; private set; }

    public int Connects { get; set; }

    public int Disconnects { get; set; }

    public List<LateTerminateReason> Terminates { get; } = [];

    /// <summary>A life begins.</summary>
    public void Begin() => Lives++;

    /// <summary>The callback that runs; null where none does.</summary>
    public string? Current { get; private set; }

    public SessionFacts? Session { get; set; }

    public void BeginFrame() => Interlocked.Increment(ref _frames);

    /// <summary>Begins a callback.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public string? Enter(string callback)
    {
        var others = Interlocked.Increment(ref _running) - 1;
        var problem = others > 0 ? $"{callback} began while {Current} ran"
            : Terminates.Count > 0 ? $"{callback} began after HandleTerminate"
            : null;
        Current = callback;
        return problem;
    }

    public void Leave()
    {
        Current = null;
        Interlocked.Decrement(ref _running);
    }
}
