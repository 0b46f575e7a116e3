namespace Late.Hosting;

/// <summary>
/// Takes the text messages of the server as values in a callback that awaits nothing: the synchronous sibling of
/// <see cref="ILateMessageHandler{TState, TMessage}"/>.
/// </summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TMessage">The base type of the messages.</typeparam>
public interface ILateSyncMessageHandler<TState, TMessage> : ILateMessageHandler<TState, TMessage>
    where TMessage : class
{
    /// <summary>Runs for every text message with a known discriminator. (Late: <c>handle_in/2</c>.)</summary>
    /// <param name="message">The message; it may be kept.</param>
    /// <param name="state">The state.</param>
    /// <returns>What follows.</returns>
    LateResult<TState> HandleMessage(TMessage message, TState state);

    ValueTask<LateResult<TState>> ILateMessageHandler<TState, TMessage>.HandleMessageAsync(TMessage message, TState state, CancellationToken cancellationToken) =>
        HandleMessage(message, state);
}
