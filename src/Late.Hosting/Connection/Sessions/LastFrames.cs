using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Sending;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// What the server sends behind our close frame, until its own: where the next connection has been made first, it is handled, so that
/// no event that has arrived is lost.
/// </summary>
internal sealed class LastFrames(Session session, ConnectionContext connection, WebSocketConnection socket, SessionOutput output)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hasBegun;

    /// <summary>True when nothing more is taken: the server has closed, or time is over.</summary>
    public bool AreOver => _over.Task.IsCompleted;

    /// <summary>Ends with what the server sends.</summary>
    public Task Reading { private get; set; } = Task.CompletedTask;

    /// <summary>Sends our close frame, once, where what comes behind it is handled.</summary>
    public void Begin()
    {
        if (session.Ending is { HandlesLastFrames: true } end && Interlocked.Exchange(ref _hasBegun, 1) == 0)
        {
            _ = CloseAsync(end);
        }
    }

    /// <summary>Does the same for a session whose goodbye is cut short, and waits for its end.</summary>
    /// <param name="abandoned">Canceled when nothing of it is waited for any more.</param>
    public async Task EndAsync(CancellationToken abandoned)
    {
        Begin();
        if (session.Ending is { HandlesLastFrames: true })
        {
            await _over.Task.WaitAsync(abandoned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Finish();
        }
    }

    /// <summary>Sends our close frame, where <see cref="Begin"/> has not, and waits for what comes behind it.</summary>
    /// <returns>False where nothing more is taken.</returns>
    public async ValueTask<bool> WaitAsync()
    {
        Begin();
        if (session.Ending is not { HandlesLastFrames: true })
        {
            return false;
        }

        if (AreOver)
        {
            // What was taken before may not be handled yet.
            return connection.Mailbox.HasReceived;
        }

        await connection.Mailbox.WaitAsync().ConfigureAwait(false);
        return true;
    }

    private async Task CloseAsync(SessionEnd end)
    {
        var time = session.Goodbye.ForHandshake;
        using var limit = new CancellationTokenSource(time < s_longest ? time : s_longest, connection.Time);
        try
        {
            output.Complete();
            await output.FlushAsync().AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
            await socket.CloseOutputAsync(end.CloseCode, end.CloseReason).WaitAsync(limit.Token).ConfigureAwait(false);
            await Reading.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            connection.Log.CloseTimedOut(connection.Name);
        }
        catch (Exception)
        {
            // The connection broke while it was being closed: it is closed.
        }

        // Also where a callback of these frames takes longer: the server has had its time.
        Finish();
    }

    private void Finish()
    {
        _over.TrySetResult();
        socket.Abort();
        connection.Mailbox.Wake();
    }
}
