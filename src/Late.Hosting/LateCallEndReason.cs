namespace Late.Hosting;

/// <summary>How a call ended without its reply.</summary>
public enum LateCallEndReason
{
    /// <summary>Its time passed: <see cref="LateConnectionOptions.CallTimeout"/>, or that of the call itself; of a stream, that to its next item.</summary>
    TimedOut,

    /// <summary>Its caller canceled it.</summary>
    Canceled,

    /// <summary>The reader of the stream has left its enumeration.</summary>
    ReaderLeft,

    /// <summary>The reader of the stream was slower than its items: <see cref="LateStreamOptions.Capacity"/> was reached with <see cref="LateWhenFull.Fail"/>.</summary>
    Overflow,
}
