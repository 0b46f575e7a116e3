namespace Late.Hosting.Connection.Lifecycle;

/// <summary>The phases of one connection, which move by <see cref="TransitionTable"/> alone; written under the lifecycle's lock.</summary>
internal sealed class Phases(string connection)
{
    private volatile int _life;
    private volatile SessionLife? _session;
    private volatile int _vacancy;

    /// <summary>Receives each event; null but in the simulation and in tests.</summary>
    public static ITransitionObserver? Observer { get; set; }

    public LifePhase Life => (LifePhase)_life;

    /// <summary>The session; null where there is none.</summary>
    public SessionLife? Session => _session;

    /// <summary>The phase of the session, or of what stands in its place.</summary>
    public SessionPhase Current => _session?.Phase ?? (SessionPhase)_vacancy;

    /// <summary>Moves the connection.</summary>
    /// <returns>False where it stays in its phase.</returns>
    /// <exception cref="InvalidOperationException">The event cannot come in the present phase.</exception>
    public bool MoveLife(LifecycleEvent lifecycleEvent)
    {
        var from = Life;
        if (!TransitionTable.OfConnection.TryGetValue((from, lifecycleEvent), out var to))
        {
            throw Illegal(lifecycleEvent, Current);
        }

        Observer?.OnEvent(from, lifecycleEvent);
        _life = (int)to;
        return from != to;
    }

    /// <summary>Moves a session.</summary>
    /// <returns>False where it stays in its phase.</returns>
    /// <exception cref="InvalidOperationException">The event cannot come in the session's phase.</exception>
    public bool Move(SessionLife session, LifecycleEvent lifecycleEvent)
    {
        var from = session.Phase;
        session.Phase = Follow(from, lifecycleEvent);
        return session.Phase != from;
    }

    /// <summary>Moves what stands in the place of a session.</summary>
    /// <exception cref="InvalidOperationException">The event cannot come in the present phase.</exception>
    public void MoveVacancy(LifecycleEvent lifecycleEvent) => _vacancy = (int)Follow(Current, lifecycleEvent);

    /// <summary>Puts a session in its place.</summary>
    /// <exception cref="InvalidOperationException">The event cannot come in the present phase.</exception>
    public void Open(SessionLife session)
    {
        session.Phase = Follow(Current, LifecycleEvent.Open);
        _session = session;
    }

    /// <summary>Takes the session out of its place.</summary>
    /// <exception cref="InvalidOperationException">It has not ended, or is not there.</exception>
    public void Leave(SessionLife session)
    {
        var vacancy = Follow(session == _session ? session.Phase : SessionPhase.None, LifecycleEvent.Leave);
        _vacancy = (int)vacancy;
        _session = null;
    }

    /// <summary>The phase that follows another by an event.</summary>
    /// <exception cref="InvalidOperationException">None does.</exception>
    public SessionPhase Follow(SessionPhase from, LifecycleEvent lifecycleEvent)
    {
        if (!TransitionTable.OfSession.TryGetValue((from, lifecycleEvent), out var to))
        {
            throw Illegal(lifecycleEvent, from);
        }

        Observer?.OnEvent(from, lifecycleEvent);
        return to;
    }

    /// <summary>What is thrown where an event cannot come.</summary>
    public InvalidOperationException Illegal(LifecycleEvent lifecycleEvent, SessionPhase phase) =>
        new($"Connection '{connection}' is {Life}, with a session that is {phase}, and cannot take {lifecycleEvent}. This is a bug of Late.Hosting.");
}
