namespace Late.Hosting;

/// <summary>
/// Takes a request from <c>client.CallAsync(request)</c> in a callback that awaits nothing: the synchronous sibling of
/// <see cref="ILateCallHandler{TState, TRequest, TReply}"/>.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TReply">Its reply.</typeparam>
public interface ILateSyncCallHandler<TState, TRequest, TReply> : ILateCallHandler<TRequest, TReply>, ILateHandler<TState>
{
    /// <summary>
    /// Handles one call. (Late: <c>handle_call/3</c>.) Reply immediately, or keep the call and reply from any later callback;
    /// <see cref="LatePendingCalls"/> keeps it under an id. An exception goes to the caller.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="call">The call to reply to.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleCall(TRequest request, LateCall<TReply> call, TState state);

    ValueTask ILateCallHandler<TRequest, TReply>.HandleAsync(IHandlerState state, TRequest request, LateCall<TReply> call)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleCall(request, call, typed.Current));
    }
}
