namespace Late.Hosting;

/// <summary>
/// Takes a message from <c>client.PostAsync(message)</c> or <c>client.PostAfter(delay, message)</c> in a callback that awaits nothing:
/// the synchronous sibling of <see cref="ILateInfoHandler{TState, TMessage}"/>.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TMessage">The message.</typeparam>
public interface ILateSyncInfoHandler<TState, TMessage> : ILateInfoHandler<TMessage>, ILateHandler<TState>
{
    /// <summary>Handles one message. (Late: <c>handle_info/2</c>.)</summary>
    /// <param name="message">The message.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleInfo(TMessage message, TState state);

    ValueTask ILateInfoHandler<TMessage>.HandleAsync(IHandlerState state, TMessage message)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleInfo(message, typed.Current));
    }
}
