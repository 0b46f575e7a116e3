namespace Late.Hosting;

/// <summary>
/// Calls that wait for the server's answer, under ids that it hands out: the <c>req_id</c> of a protocol. An entry is
/// removed when its call ends in any way, a timeout or a disconnect included.
/// </summary>
/// <remarks>Keep one in the handler or in its state. It is safe for use from many threads.</remarks>
public sealed class LatePendingCalls : LatePendingCalls<int>
{
    private int _last;

    /// <summary>Keeps a call under a new id.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The id: 1 or more, not in use by another call.</returns>
    public int Add(LateCall call)
    {
        int id;
        do
        {
            // Starts over after the largest int, like the request ids of most protocols: positive.
            id = Interlocked.Increment(ref _last) & int.MaxValue;
        }
        while (id == 0 || !TryAdd(id, call));

        return id;
    }

    /// <summary>
    /// Keeps an entry under a new id for which no caller waits: for a request of the handler's own, as a resubscription is, whose answer
    /// has the id. Any reply removes it; it expires after <see cref="LateConnectionOptions.CallTimeout"/> and ends with the session. It takes
    /// no slot of <see cref="LateConnectionOptions.MaxConcurrentCalls"/>.
    /// </summary>
    /// <param name="context">What <c>Init</c> received: the entry belongs to the session that is open, and to the clock of its connection.</param>
    /// <returns>The id: 1 or more, not in use by another call.</returns>
    /// <exception cref="LateDisconnectedException">There is no session.</exception>
    /// <exception cref="ArgumentException">The context was made by the application: it has no connection.</exception>
    public int Add(LateContext context) => Add(Begin(context));
}
