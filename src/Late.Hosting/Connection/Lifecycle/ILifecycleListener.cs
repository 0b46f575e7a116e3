namespace Late.Hosting.Connection.Lifecycle;

/// <summary>Looks at the lifecycle after each event that has changed it; not under its lock.</summary>
internal interface ILifecycleListener
{
    void OnChanged();
}
