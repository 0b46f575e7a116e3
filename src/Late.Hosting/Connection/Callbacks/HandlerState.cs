namespace Late.Hosting.Connection.Callbacks;

/// <summary>Owns the handler's state: a callback that throws, or returns what cannot be applied, leaves it as it was (promise P2).</summary>
internal sealed class HandlerState<TState>(RunningCallback callback, ResultWriter results) : IHandlerState<TState>
{
    public TState Current { get; set; } = default!;

    public CancellationToken CallbackToken => callback.Token;

    public void Apply(in LateResult<TState> result)
    {
        if (!result.IsPlain)
        {
            results.Write(result.Frame, result.Frames, result.Actions);
        }

        Current = result.State;
    }

    public ValueTask ApplyAsync(ValueTask<LateResult<TState>> handling)
    {
        if (!handling.IsCompletedSuccessfully)
        {
            callback.Await();
            return AwaitAsync(handling);
        }

        callback.Return();
        Apply(handling.Result);
        return default;
    }

    private async ValueTask AwaitAsync(ValueTask<LateResult<TState>> pending)
    {
        if (!pending.IsCompleted)
        {
            // What earlier callbacks sent does not wait for this one.
            await results.FlushAsync().ConfigureAwait(false);
            if (results.HasWaiting)
            {
                var task = pending.AsTask();
                await results.SendWhileAsync(task).ConfigureAwait(false);
                Apply(await task.ConfigureAwait(false));
                return;
            }
        }

        Apply(await pending.ConfigureAwait(false));
    }
}
