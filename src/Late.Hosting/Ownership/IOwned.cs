namespace Late.Hosting.Ownership;

/// <summary>A connection, as what decides about its ownership sees it.</summary>
internal interface IOwned
{
    /// <summary>The connection's name.</summary>
    string Name { get; }

    /// <summary>The name in its measurements, which other connections may have too.</summary>
    string MeasuredAs { get; }

    /// <summary>Its key in its supervisor; null where the host runs it.</summary>
    string? Key { get; }

    /// <summary>The connection's clock.</summary>
    TimeProvider Time { get; }

    /// <summary>An exception as it may be logged: without its message, unless the options or the environment allow it.</summary>
    Exception Loggable(Exception exception);

    /// <summary>It does not own the connection, and asks again.</summary>
    /// <param name="reason">Why, as it is shown.</param>
    /// <returns>True where it has begun to stand by.</returns>
    bool StandBy(string reason);

    /// <summary>A term comes to its end: the session closes with a goodbye, and the life ends.</summary>
    /// <param name="term">The term; one that is not the present one changes nothing.</param>
    /// <param name="reason">Why, as it is shown.</param>
    /// <param name="within">How long goodbye and close handshake may take.</param>
    void Yield(ITerm term, string reason, TimeSpan within);

    /// <summary>A term is over: the session is aborted without a frame, and the life ends.</summary>
    /// <param name="term">The term; one that is not the present one changes nothing.</param>
    /// <param name="reason">Why, as it is shown.</param>
    void Lose(ITerm term, string reason);
}
