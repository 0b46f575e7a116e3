namespace Late.Hosting;

/// <summary>A handler's state for callbacks that know its type: each is an <see cref="IHandlerState{TState}"/>.</summary>
internal interface IHandlerState;
