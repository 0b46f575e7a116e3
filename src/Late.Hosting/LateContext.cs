namespace Late.Hosting;

/// <summary>What a handler receives when it is initialized, and may keep: the context of its connection.</summary>
/// <param name="name">The connection's name.</param>
/// <param name="options">The connection's options as they are now; a later reload makes a new object.</param>
/// <param name="timeProvider">The clock of the connection.</param>
public sealed class LateContext(string name, LateConnectionOptions options, TimeProvider timeProvider)
{
    private IServiceProvider? _callbackServices;
    private long _session;

    /// <summary>The connection's name: <c>Ticker</c> for a <c>TickerHandler</c>, or the one given at its registration.</summary>
    public string Name { get; } = name;

    /// <summary>The key under which the supervisor has started the connection; null where the host keeps it.</summary>
    public string? Key { get; init; }

    /// <summary>The connection's options as they are now; a later reload makes a new object.</summary>
    public LateConnectionOptions Options { get; } = options;

    /// <summary>The clock of the connection.</summary>
    public TimeProvider TimeProvider { get; } = timeProvider;

    /// <summary>
    /// The services of the callback that runs, for those that are registered as scoped. The first use in a callback creates its scope; a
    /// callback that does not use it has none.
    /// </summary>
    /// <value>
    /// In a callback of the connection's handler, the services of that callback's scope. They are disposed, asynchronously where they can be,
    /// when the callback has completed and its result is applied; the next callback begins after that, and has a scope of its own. A test that
    /// makes a context itself sets it.
    /// </value>
    /// <remarks>
    /// <para>
    /// Keep the context, not these services. A callback that throws or is canceled disposes them too; one that is abandoned at a stop does so when
    /// it completes. What a disposal throws is logged (<c>DisposalThrew</c>) and changes nothing else.
    /// </para>
    /// <para>
    /// Work that a callback leaves running must not use this property: when the callback has completed, it throws there. In work of a synchronous
    /// <c>HandleIn</c> it does not always throw. Where that work asks while a later <c>HandleIn</c> runs, it may get the services of the later
    /// one, which are disposed with it: callbacks of frames that complete synchronously are not distinguished.
    /// </para>
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// No callback of the connection's handler runs in the calling code; or a test has made the context and not set the property.
    /// </exception>
    public IServiceProvider CallbackServices
    {
        get => _callbackServices ?? FindServices?.Invoke()
            ?? throw new InvalidOperationException($"The context '{Name}' was made without a connection, and has no services. Set CallbackServices where the context is made.");
        init => _callbackServices = value;
    }

    /// <summary>Finds the services of the callback that runs; null where there is no connection.</summary>
    internal Func<IServiceProvider>? FindServices { get; init; }

    /// <summary>Makes calls without a caller; null in a context that the application has made.</summary>
    internal ISessionEntries? Entries { get; init; }

    /// <summary>
    /// The number of the session, for a callback that looks at it: from <c>HandleConnect</c> to <c>HandleDisconnect</c>. Null in every other
    /// callback, also in a post that runs without a session.
    /// </summary>
    /// <remarks>The sessions of a connection are numbered from 1, over all lives of its handlers; no number is used twice.</remarks>
    public long? Session => Volatile.Read(ref _session) is > 0 and var number ? number : null;

    /// <summary>The callbacks of a session begin; 0 where they have ended.</summary>
    internal void SetSession(long number) => Volatile.Write(ref _session, number);
}
