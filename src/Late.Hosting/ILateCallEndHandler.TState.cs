namespace Late.Hosting;

/// <summary>
/// Is notified of calls that end without their reply: their time has passed, or their caller has canceled them; and of streams that nothing reads any more. For what the server must
/// know (<c>$/cancelRequest</c> of JSON-RPC, <c>complete</c> of GraphQL), and for what waits until such a call is over.
/// <see cref="ILateSyncCallEndHandler{TState, TRequest}"/> is its synchronous sibling.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TRequest">
/// The request of the calls, which the handler takes by <see cref="ILateCallHandler{TState, TRequest, TReply}"/>, or by
/// <see cref="ILateStreamHandler{TState, TRequest, TItem}"/>.
/// </typeparam>
public interface ILateCallEndHandler<TState, TRequest> : ILateCallEndHandler<TRequest>, ILateHandler<TState>
{
    /// <summary>
    /// Runs once for a call that has ended by its timeout or its caller's cancellation, after its <c>HandleCall</c> has completed and in the
    /// same session. It does not run for a call that was replied to or failed, for one whose <c>HandleCall</c> threw, or where the
    /// session ends: <c>HandleDisconnect</c> runs then.
    /// </summary>
    /// <remarks>
    /// The caller has its exception by now; the frames of the result are for the server. It takes no room in the mailbox, and runs between the
    /// other callbacks in the order in which its calls ended. An exception is handled as <see cref="LateConnectionOptions.HandlerErrors"/> specifies.
    /// </remarks>
    /// <param name="end">The call, its request, and how it ended; <see cref="LatePendingCalls{TKey}.TryGetKey"/> finds its key.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>What follows.</returns>
    ValueTask<LateResult<TState>> HandleCallEndAsync(LateCallEnd<TRequest> end, TState state, CancellationToken cancellationToken);

    ValueTask ILateCallEndHandler<TRequest>.HandleAsync(IHandlerState state, LateCallEnd<TRequest> end)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleCallEndAsync(end, typed.Current, typed.CallbackToken));
    }
}
