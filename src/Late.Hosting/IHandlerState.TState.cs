namespace Late.Hosting;

/// <summary>A handler's state: what a callback takes, and where its result goes.</summary>
/// <typeparam name="TState">The state.</typeparam>
internal interface IHandlerState<TState> : IHandlerState
{
    /// <summary>The state after the last callback that did not throw.</summary>
    TState Current { get; }

    /// <summary>The token of callbacks.</summary>
    CancellationToken CallbackToken { get; }

    /// <summary>Applies the result of a callback when it has completed.</summary>
    ValueTask ApplyAsync(ValueTask<LateResult<TState>> callback);
}
