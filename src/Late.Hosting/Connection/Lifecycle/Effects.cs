using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>What an event of the lifecycle leaves to do, outside its lock and in this order: <see cref="EffectRunner"/> does it.</summary>
internal readonly record struct Effects
{
    /// <summary>False where the event came late or twice, and nothing follows from it.</summary>
    public bool HasHappened { get; init; }

    /// <summary>The connection has started, or never will.</summary>
    public bool EndsStart { get; init; }

    /// <summary>The life of the handler ends.</summary>
    public bool EndsLife { get; init; }

    /// <summary>The session that has just ended, or begins to close.</summary>
    public SessionLife? Left { get; init; }

    /// <summary>The fault that is logged now.</summary>
    public (string Reason, Exception? Exception)? LoggedFault { get; init; }

    /// <summary>The state has changed.</summary>
    public bool PublishesStatus { get; init; }

    /// <summary>The work that is not handled any more, and why.</summary>
    public IReadOnlyList<MailboxItem>? Refused { get; init; }

    public ConnectionFailure? Failure { get; init; }

    /// <summary>The work that was let in.</summary>
    public IReadOnlyList<MailboxItem>? Accepted { get; init; }

    /// <summary>The session that has opened, which is logged now.</summary>
    public SessionLife? LoggedOpen { get; init; }

    /// <summary>The session whose end is logged now.</summary>
    public SessionLife? LoggedEnd { get; init; }

    /// <summary>The session whose being ready is logged now.</summary>
    public SessionLife? LoggedReady { get; init; }

    /// <summary>Why a new session is requested while there is none.</summary>
    public string? LoggedRequest { get; init; }

    /// <summary>The description of a request that is put off to the session that a connection becomes which is made already.</summary>
    public string? LoggedDeferred { get; init; }

    /// <summary>The description of a request that comes where a session follows already.</summary>
    public string? LoggedAdded { get; init; }

    /// <summary>Canceled: a new session was requested while there is none.</summary>
    public CancellationTokenSource? Interrupted { get; init; }

    /// <summary>The connection that was to follow the session, and is not needed.</summary>
    public Candidate? Discarded { get; init; }

    /// <summary>The runner and the reader look at the session again.</summary>
    public bool Wakes { get; init; }
}
