namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>The order of a handler's life (promises P1 and P3).</summary>
internal sealed class LifeFacts
{
    private int _running;
    private int _frames;

    /// <summary>How many callbacks of frames have begun.</summary>
    public int Frames => Volatile.Read(ref _frames);

    /// <summary>How often a life has begun: with the connection, after a fault by a request, and after each error of the handler where <c>HandlerErrors</c> is <c>Restart</c>.</summary>
    public int Lives { get; private set; }

    /// <summary>The tick in which the last life began.</summary>
    public long BegunAt { get; private set; }

    /// <summary>The same by the clock that states are dated with.</summary>
    public DateTimeOffset BegunOn { get; private set; }

    /// <summary>True where <c>HandleTerminate</c> has run in the last life.</summary>
    public bool IsTerminated { get; private set; }

    public int Connects { get; set; }

    public int Disconnects { get; set; }

    public List<LateTerminateReason> Terminates { get; } = [];

    /// <summary>A life begins.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public string? Begin()
    {
        var problem = Lives > 0 && !IsTerminated ? "Init began before the HandleTerminate of the life before" : null;
        Lives++;
        (BegunAt, BegunOn, IsTerminated) = (Control.Now, TimeProvider.System.GetUtcNow(), false);
        return problem;
    }

    /// <summary>A life ends.</summary>
    public void Terminate(LateTerminateReason reason)
    {
        Terminates.Add(reason);
        IsTerminated = true;
    }

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
            : IsTerminated ? $"{callback} began after HandleTerminate"
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
