namespace Late.Hosting.Connection.Mailboxes;

/// <summary>What happens to work that comes from outside the connection.</summary>
internal enum Admission
{
    /// <summary>There is no handler with a state: it waits, or is refused, as its caller has chosen.</summary>
    NotInitialized,

    /// <summary>
    /// It waits for a session that is ready, or is refused, as its caller has chosen. What runs without a session is admitted as far as
    /// there is room.
    /// </summary>
    NotReady,

    /// <summary>It is admitted as far as there is room, and waits for room otherwise.</summary>
    Open,

    /// <summary>It waits: the session takes no more, and ends soon. What runs without a session is admitted as far as there is room.</summary>
    Draining,

    /// <summary>It is refused: no session follows.</summary>
    Over,
}
