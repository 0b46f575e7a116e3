namespace Late.Hosting.Testing.Wire;

/// <summary>Lets the client's writes pass, keeps them waiting, or fails them.</summary>
internal sealed class WriteGate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _blocked;
    private Func<Exception>? _failure;

    public void Block()
    {
        lock (_gate)
        {
            _blocked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Unblock() => Release(null);

    /// <summary>Fails the writes that wait, and all that follow.</summary>
    public void Break(Func<Exception> failure) => Release(failure);

    public async ValueTask PassAsync()
    {
        while (true)
        {
            Task blocked;
            lock (_gate)
            {
                if (_failure is { } failure)
                {
                    throw failure();
                }

                if (_blocked is null)
                {
                    return;
                }

                blocked = _blocked.Task;
            }

            await blocked.ConfigureAwait(false);
        }
    }

    private void Release(Func<Exception>? failure)
    {
        TaskCompletionSource? blocked;
        lock (_gate)
        {
            _failure ??= failure;
            (blocked, _blocked) = (_blocked, null);
        }

        blocked?.TrySetResult();
    }
}
