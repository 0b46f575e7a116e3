namespace Late.Hosting;

/// <summary>Makes something of a handler that has to know the handler's types.</summary>
/// <typeparam name="TResult">What it makes.</typeparam>
internal interface IHandlerOpener<out TResult>
{
    /// <summary>Makes it.</summary>
    TResult Open<TState>(ILateHandler<TState> handler);

    /// <summary>Makes it of a handler that takes messages as values.</summary>
    TResult Open<TState, TMessage>(ILateMessageHandler<TState, TMessage> handler)
        where TMessage : class;
}
