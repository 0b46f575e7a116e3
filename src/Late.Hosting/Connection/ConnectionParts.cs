using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection;

/// <summary>What a running connection is made of, and what is given back when it ends.</summary>
internal sealed class ConnectionParts(object handler, Runner runner, SessionCycle cycle, ITransport transport)
{
    /// <summary>The callback that is last.</summary>
    public const string Terminate = "HandleTerminateAsync";

    public Runner Runner { get; } = runner;

    public SessionCycle Cycle { get; } = cycle;

    /// <summary>Runs <c>HandleTerminate</c>, and gives back the handler and the transport.</summary>
    /// <param name="connection">What the parts share.</param>
    /// <param name="reason">Why the connection ends.</param>
    /// <param name="time">How long it may take.</param>
    /// <param name="cancellationToken">Canceled when nothing is waited for any more.</param>
    public async Task TerminateAsync(ConnectionContext connection, LateTerminateReason reason, TimeSpan time, CancellationToken cancellationToken)
    {
        if (Runner.Callback.Name is { } callback)
        {
            connection.Log.TerminateSkipped(connection.Name, callback);
            return;
        }

        using var limit = new CancellationTokenSource(time, connection.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            if (Runner.Life.IsInitialized)
            {
                await Runner.Life.TerminateAsync(reason, ended.Token).WaitAsync(ended.Token).ConfigureAwait(false);
            }

            await DisposeHandlerAsync().AsTask().Observed().WaitAsync(ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            connection.Log.TerminateTimedOut(connection.Name);
        }
        catch (Exception exception)
        {
            connection.Errors.CallbackThrew("Dispose", exception);
        }

        transport.Dispose();
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
