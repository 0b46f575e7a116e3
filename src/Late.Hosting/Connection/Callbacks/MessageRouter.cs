namespace Late.Hosting.Connection.Callbacks;

/// <summary>Gives a handler the received messages as values, and those that are none as frames.</summary>
internal sealed class MessageRouter<TState, TMessage>(ILateMessageHandler<TState, TMessage> handler) : ILateHandler<TState>
    where TMessage : class
{
    private readonly MessageReader<TMessage> _reader = new(handler.MessageTypeInfo);

    public ValueTask<TState> InitAsync(LateContext context, CancellationToken cancellationToken) => handler.InitAsync(context, cancellationToken);

    public ValueTask<LateResult<TState>> HandleInAsync(LateFrame frame, TState state, CancellationToken cancellationToken) =>
        frame.IsText && _reader.Read(frame.Payload.Span) is { } message
            ? handler.HandleMessageAsync(message, state, cancellationToken)
            : handler.HandleInAsync(frame, state, cancellationToken);
}
