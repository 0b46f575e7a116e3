using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection;

/// <summary>Holds the host's start as <see cref="LateConnectionOptions.Startup"/> specifies. A connection that stands by counts as started.</summary>
internal sealed class StartupGate(ConnectionContext connection, Task<LateSessionOutcome> firstFailure)
{
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var options = connection.Options;
        switch (options.Startup)
        {
            case LateStartupMode.FailFast:
                await FirstAttemptAsync(cancellationToken).ConfigureAwait(false);
                break;
            case LateStartupMode.WaitForReady:
                await ReadyAsync(options.StartupTimeout, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task FirstAttemptAsync(CancellationToken cancellationToken)
    {
        // A failure that is terminal ends both: then the failure has more information than the state that it led to.
        var ready = connection.Watchers.WaitForReadyAsync(cancellationToken, failsAtFault: true, orStandby: true).Observed();
        await Task.WhenAny(firstFailure, ready).ConfigureAwait(false);
        if (!firstFailure.IsCompleted)
        {
            await ready.ConfigureAwait(false);
            return;
        }

        var outcome = await firstFailure.ConfigureAwait(false);
        throw outcome.Exception as LateConnectException ?? new LateConnectException(
            connection.Name, $"Connection '{connection.Name}' was not ready at its first attempt: {LateException.WithoutName(connection.Name, outcome.Description)} To start the host without it, set Startup = Background.", outcome.Exception);
    }

    private async Task ReadyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Watchers.WaitForReadyAsync(cancellationToken, orStandby: true).Observed().WaitAsync(timeout, connection.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var status = connection.Lifecycle.Current;
            throw new LateConnectException(
                connection.Name, $"Connection '{connection.Name}' was not ready within StartupTimeout ({timeout}). {connection.Lifecycle.Describe()} To start the host without it, set Startup = Background.", status.Exception);
        }
    }
}
