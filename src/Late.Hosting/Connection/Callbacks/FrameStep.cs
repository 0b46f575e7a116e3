namespace Late.Hosting.Connection.Callbacks;

/// <summary>Why the runner stops to handle the frames of a read.</summary>
internal enum FrameStep
{
    /// <summary>All are handled, or the session is over.</summary>
    Done,

    /// <summary>Something else is due before the next frame: an item, a flush, or a session that becomes ready.</summary>
    Pauses,

    /// <summary>A callback has not completed, or has thrown.</summary>
    Awaits,
}
