namespace Late.Hosting;

/// <summary>Makes something of a handler that has to know the state's type.</summary>
/// <typeparam name="TResult">What it makes.</typeparam>
internal interface IHandlerOpener<out TResult>
{
    /// <summary>Makes it.</summary>
    TResult Open<TState>(ILateHandler<TState> handler);
}
