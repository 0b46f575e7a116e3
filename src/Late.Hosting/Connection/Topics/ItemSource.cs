namespace Late.Hosting.Connection.Topics;

/// <summary>What readers wait for items of: a topic or a stream. It is its own lock.</summary>
internal abstract class ItemSource
{
    /// <summary>The next one whose readers are to be woken.</summary>
    public ItemSource? NextToWake { get; set; }

    /// <summary>Wakes the readers that wait.</summary>
    public abstract void WakeReaders();
}
