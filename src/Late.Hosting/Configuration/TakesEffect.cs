namespace Late.Hosting.Configuration;

/// <summary>When a change of an option in the configuration takes effect.</summary>
internal enum TakesEffect
{
    /// <summary>Immediately: the connection reconnects.</summary>
    ByReconnecting,

    /// <summary>Immediately, in the open session too.</summary>
    Immediately,

    /// <summary>With the next operation that uses it.</summary>
    WithNextUse,

    /// <summary>With the next attempt to connect.</summary>
    WithNextAttempt,

    /// <summary>With the next session.</summary>
    WithNextSession,

    /// <summary>With the next lost session.</summary>
    WithNextLoss,

    /// <summary>With the next start of the host.</summary>
    WithNextStart,
}
