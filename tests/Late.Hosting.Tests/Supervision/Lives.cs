namespace Late.Hosting.Tests.Supervision;

/// <summary>Knows of objects without keeping them.</summary>
internal sealed class Lives
{
    private readonly List<WeakReference> _all = [];

    public int Count => _all.Count;

    public void Add(object life) => _all.Add(new WeakReference(life));

    /// <summary>How many are still kept elsewhere.</summary>
    public int CountAlive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return _all.Count(static life => life.IsAlive);
    }
}
