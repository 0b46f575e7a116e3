namespace Late.Hosting;

/// <summary>Takes a message from <c>client.PostAsync(message)</c> or <c>client.PostAfter(delay, message)</c>.</summary>
/// <typeparam name="TState">The handler's state.</typeparam>
/// <typeparam name="TMessage">The message.</typeparam>
public interface ILateInfoHandler<TState, TMessage> : ILateInfoHandler<TMessage>, ILateHandler<TState>
{
    /// <summary>Handles one message. (Late: <c>handle_info/2</c>.)</summary>
    /// <param name="message">The message.</param>
    /// <param name="state">The state.</param>
    /// <param name="cancellationToken">Canceled while the connection stops.</param>
    /// <returns>What follows.</returns>
    ValueTask<LateResult<TState>> HandleInfoAsync(TMessage message, TState state, CancellationToken cancellationToken);

    ValueTask ILateInfoHandler<TMessage>.HandleAsync(IHandlerState state, TMessage message)
    {
        var typed = (IHandlerState<TState>)state;
        return typed.ApplyAsync(HandleInfoAsync(message, typed.Current, typed.CallbackToken));
    }
}
