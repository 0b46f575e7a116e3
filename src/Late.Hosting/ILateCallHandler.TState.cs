namespace Late.Hosting;

/// <summary>Takes a request from <c>client.CallAsync(request)</c>.</summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TReply">Its reply.</typeparam>
public interface ILateCallHandler<TState, TRequest, TReply> : ILateCallHandler<TRequest, TReply>, ILateHandler<TState>
{
    /// <summary>
    /// Handles one call. (Late: <c>handle_call/3</c>.) Reply now, or keep the call and reply from any later callback;
    /// <see cref="LatePendingCalls"/> keeps it under an id. An exception goes to the caller.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="call">The call to reply to.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>What follows.</returns>
    ValueTask<LateResult<TState>> HandleCallAsync(TRequest request, LateCall<TReply> call, TState state, CancellationToken cancellationToken);

    ValueTask ILateCallHandler<TRequest, TReply>.HandleAsync(IHandlerState state, TRequest request, LateCall<TReply> call)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleCallAsync(request, call, typed.Current, typed.CallbackToken));
    }
}
