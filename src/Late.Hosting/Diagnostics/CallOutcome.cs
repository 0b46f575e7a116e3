namespace Late.Hosting.Diagnostics;

/// <summary>How a call ended.</summary>
internal enum CallOutcome : byte
{
    /// <summary>The handler replied.</summary>
    Replied,

    /// <summary>The handler failed it, or threw.</summary>
    Failed,

    /// <summary>Its time passed.</summary>
    TimedOut,

    /// <summary>Its caller canceled it.</summary>
    Canceled,

    /// <summary>Its session ended, there was none, or the connection has ended.</summary>
    Disconnected,
}
