using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>Lets the other threads run between the look at a phase and its change: an event that comes without the lock is found there.</summary>
internal sealed class YieldingObserver : ITransitionObserver
{
    public void OnEvent(LifePhase phase, LifecycleEvent lifecycleEvent) => Thread.Yield();

    public void OnEvent(SessionPhase phase, LifecycleEvent lifecycleEvent) => Thread.Yield();
}
