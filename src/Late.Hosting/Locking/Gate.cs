using System.Diagnostics;

namespace Late.Hosting.Locking;

/// <summary>
/// A lock under which no other is taken, so that no two can wait for one another. What each guards is written in
/// docs/architecture.md. A build for debugging checks it; another has a <see cref="Lock"/> and nothing else.
/// </summary>
internal readonly struct Gate
{
    [ThreadStatic]
    private static bool t_isHeld;

    private readonly Lock _lock = new();

    public Gate()
    {
    }

#if DEBUG
    /// <summary>Waits for the lock, and holds it until the result is disposed.</summary>
    public Scope Enter()
    {
        AssertNoneIsHeld();
        var scope = _lock.EnterScope();
        SetHeld(true);
        return new Scope(scope);
    }
#else
    /// <summary>Waits for the lock, and holds it until the result is disposed.</summary>
    public Lock.Scope Enter() => _lock.EnterScope();
#endif

    /// <summary>The same for an object that is its own lock: of those there are so many that a lock for each would cost.</summary>
    public static OwnScope EnterOwn(object owner)
    {
        AssertNoneIsHeld();
        Monitor.Enter(owner);
        SetHeld(true);
        return new OwnScope(owner);
    }

    /// <summary>Asserts that the thread holds none: what it does next may run code that is not ours, or take one.</summary>
    [Conditional("DEBUG")]
    public static void AssertNoneIsHeld() => Debug.Assert(!t_isHeld, "A lock is taken, or a timer is set, under a lock.");

    [Conditional("DEBUG")]
    private static void SetHeld(bool isHeld) => t_isHeld = isHeld;

#if DEBUG
    public ref struct Scope(Lock.Scope scope)
    {
        private Lock.Scope _scope = scope;

        public void Dispose()
        {
            SetHeld(false);
            _scope.Dispose();
        }
    }
#endif

    public readonly ref struct OwnScope(object owner)
    {
        public void Dispose()
        {
            SetHeld(false);
            Monitor.Exit(owner);
        }
    }
}
