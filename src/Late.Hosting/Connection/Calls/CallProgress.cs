namespace Late.Hosting.Connection.Calls;

/// <summary>How far a call has come.</summary>
internal enum CallProgress : byte
{
    /// <summary>The handler has not seen it.</summary>
    Waiting,

    /// <summary>The handler has it, and has not replied.</summary>
    Delivered,

    /// <summary>The same, and the handler is to be notified where it ends by its timeout or its caller's cancellation.</summary>
    Taken,

    /// <summary>
    /// Its caller is released, and it keeps its slot: one that is canceled until the server has answered or its time has passed, and any until
    /// the handler is notified whose <c>HandleCall</c> still runs.
    /// </summary>
    Canceled,

    /// <summary>It has a reply, or has failed.</summary>
    Ended,
}
