using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>Writes what is left of a session, shakes hands (RFC 6455 §7.1.2), and aborts what does not end in time.</summary>
internal sealed class CloseHandshake(ConnectionContext connection, WebSocketConnection socket, SessionOutput output)
{
    // §7.1.1 leaves the end of TCP to the server. One that has had both close frames and does not is not worth an outage.
    private static readonly TimeSpan s_longestDrain = TimeSpan.FromSeconds(1);

    /// <summary>Closes the socket.</summary>
    /// <param name="end">How the session ends.</param>
    /// <param name="reading">Ends with what the server sends.</param>
    /// <param name="time">How long it may take.</param>
    /// <param name="abandoned">Canceled when nothing of it is waited for any more.</param>
    public async Task RunAsync(SessionEnd end, Task reading, TimeSpan time, CancellationToken abandoned)
    {
        // A stop that is no longer waited for leaves no time for a handshake.
        using var clock = new CancellationTokenSource(time, connection.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, abandoned);
        try
        {
            if (output.CanWrite && !abandoned.IsCancellationRequested)
            {
                // §5.5.1: the server's close frame is answered with the code that it brought.
                await output.FlushAsync().AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
                await socket.CloseOutputAsync(end.CloseCode, end.CloseReason).WaitAsync(limit.Token).ConfigureAwait(false);
                await reading.WaitAsync(end.HandlesRest ? s_longestDrain : Timeout.InfiniteTimeSpan, connection.Time, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            connection.Log.CloseTimedOut(connection.Name);
        }
        catch (Exception)
        {
            // The socket broke while it was being closed: it is closed.
        }

        // In this order: what is not being written then is never written.
        socket.Abort();
        output.Shut();

        // A stream of the user's own may continue with its read when it is disposed: its memory is left to it then.
        await reading.WaitAsync(s_longestDrain, connection.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
