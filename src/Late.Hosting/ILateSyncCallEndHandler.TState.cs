namespace Late.Hosting;

/// <summary>
/// Is notified of calls that end without their reply, in a callback that awaits nothing: the synchronous sibling of
/// <see cref="ILateCallEndHandler{TState, TRequest}"/>.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TRequest">The request of the calls.</typeparam>
/// <example>
/// <code>
/// public LateResult&lt;State&gt; HandleCallEnd(LateCallEnd&lt;Subscribe&gt; end, State state) =>
///     _pending.TryGetKey(end.Call, out var id) ? LateResult.Send(state, Cancel(id)) : LateResult.Ok(state);
/// </code>
/// </example>
public interface ILateSyncCallEndHandler<TState, TRequest> : ILateCallEndHandler<TRequest>, ILateHandler<TState>
{
    /// <summary>
    /// Runs once for a call that has ended by its timeout or its caller's cancellation, after its <c>HandleCall</c> has completed and in the
    /// same session. It does not run for a call that was replied to or failed, for one whose <c>HandleCall</c> threw, or where the
    /// session ends: <c>HandleDisconnect</c> runs then.
    /// </summary>
    /// <remarks><inheritdoc cref="ILateCallEndHandler{TState, TRequest}.HandleCallEndAsync" path="/remarks"/></remarks>
    /// <param name="end">The call, its request, and how it ended; <see cref="LatePendingCalls{TKey}.TryGetKey"/> finds its key.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleCallEnd(LateCallEnd<TRequest> end, TState state);

    ValueTask ILateCallEndHandler<TRequest>.HandleAsync(IHandlerState state, LateCallEnd<TRequest> end)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleCallEnd(end, typed.Current));
    }
}
