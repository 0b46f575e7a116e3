namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Receives every event with the phase in which it comes, under the lifecycle's lock.</summary>
internal interface ITransitionObserver
{
    void OnEvent(LifePhase phase, LifecycleEvent lifecycleEvent);

    void OnEvent(SessionPhase phase, LifecycleEvent lifecycleEvent);
}
