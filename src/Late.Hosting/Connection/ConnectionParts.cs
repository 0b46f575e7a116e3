using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>What one life is made of, and what is given back when it ends.</summary>
internal sealed class ConnectionParts(object handler, Runner runner, SessionCycle cycle)
{
    /// <summary>The callback that is last.</summary>
    public const string Terminate = "HandleTerminate";

    private int _hasTerminated;

    public Runner Runner { get; } = runner;

    public SessionCycle Cycle { get; } = cycle;

    /// <summary>Done when nothing of the handler runs any more, also where that was no longer waited for.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Runs <c>HandleTerminate</c>, and gives back the handler: once.</summary>
    /// <param name="connection">What the parts share.</param>
    /// <param name="reason">Why the life ends.</param>
    /// <param name="time">How long it may take.</param>
    /// <param name="cancellationToken">Canceled when nothing is waited for any more.</param>
    public async Task TerminateAsync(ConnectionContext connection, LateTerminateReason reason, TimeSpan time, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _hasTerminated, 1) != 0)
        {
            return;
        }

        if (Runner.Callback.What is { } callback)
        {
            connection.Log.TerminateSkipped(connection.Name, callback, Runner.Callback.IsDisposing);
            return;
        }

        using var limit = new CancellationTokenSource(time, connection.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Ended = EndAsync(connection, reason, ended.Token).Observed();
        try
        {
            await Ended.WaitAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Behind HandleTerminate, the handler itself is disposed.
            var last = Runner.Callback.What;
            connection.Log.TerminateTimedOut(connection.Name, last ?? "the disposal of the handler", last is null || Runner.Callback.IsDisposing);
        }
    }

    private async Task EndAsync(ConnectionContext connection, LateTerminateReason reason, CancellationToken cancellationToken)
    {
        if (Runner.Life.IsInitialized)
        {
            await Runner.Life.TerminateAsync(reason, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await DisposeHandlerAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.Errors.CallbackThrew("Dispose", exception);
        }
    }

    private async ValueTask DisposeHandlerAsync()
    {
        if (handler is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (handler as IDisposable)?.Dispose();
        }
    }
}
