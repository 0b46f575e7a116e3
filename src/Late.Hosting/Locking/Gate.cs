namespace Late.Hosting.Locking;

/// <summary>
/// A lock under which no other is taken, so that no two can wait for one another. What each guards is written in
/// docs/architecture.md. A build for debugging checks it; another has a <see cref="Lock"/> and nothing else.
/// </summary>
internal readonly struct Gate
{
    private readonly Lock _lock = new();

    public Gate()
    {
    }

#if DEBUG
    [ThreadStatic]
    private static bool t_isHeld;

    /// <summary>Waits for the lock, and holds it until the result is disposed.</summary>
    public Scope Enter()
    {
        System.Diagnostics.Debug.Assert(!t_isHeld, "A lock is taken under another one.");
        var scope = _lock.EnterScope();
        t_isHeld = true;
        return new Scope(scope);
    }

    public ref struct Scope(Lock.Scope scope)
    {
        private Lock.Scope _scope = scope;

        public void Dispose()
        {
            t_isHeld = false;
            _scope.Dispose();
        }
    }
#else
    /// <summary>Waits for the lock, and holds it until the result is disposed.</summary>
    public Lock.Scope Enter() => _lock.EnterScope();
#endif
}
