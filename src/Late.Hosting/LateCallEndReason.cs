namespace Late.Hosting;

/// <summary>How a call ended without its reply.</summary>
public enum LateCallEndReason
{
    /// <summary>Its time passed: <see cref="LateConnectionOptions.CallTimeout"/>, or that of the call itself.</summary>
    TimedOut,

    /// <summary>Its caller canceled it.</summary>
    Canceled,
}
