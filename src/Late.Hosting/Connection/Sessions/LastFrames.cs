using Late.Hosting.Connection.Sending;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// What the server sends behind our close frame, until its own: where the next connection has been made first, it is handled, so that
/// no event that has arrived is lost. It is read for a second at most. The time in which nothing is read until the handler has caught up does
/// not count, but for the time of the close (promise P9).
/// </summary>
internal sealed class LastFrames(Session session, ConnectionContext connection, WebSocketConnection socket, SessionOutput output)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Pauses _pauses = new(TimeSpan.Zero, null);
    private int _hasBegun;

    /// <summary>True when nothing more is taken: the server has closed, or time is over.</summary>
    public bool AreOver => _over.Task.IsCompleted;

    /// <summary>Ends with what the server sends; set before a callback of the session runs.</summary>
    public Task Reading { private get; set; } = null!;

    /// <summary>Reading pauses until the handler has caught up.</summary>
    public void Pause() => _pauses = _pauses with { Present = new Pausing(connection.Time.GetTimestamp()) };

    /// <summary>Reading continues.</summary>
    public void Resume()
    {
        var pause = _pauses.Present!;
        _pauses = new Pauses(PausedFor(_pauses), null);
        pause.Over.SetResult();
    }

    /// <summary>Sends our close frame, once, where what comes behind it is handled.</summary>
    public void Begin()
    {
        if (session.Ending is { HandlesLastFrames: true } && Interlocked.Exchange(ref _hasBegun, 1) == 0)
        {
            _ = CloseAsync();
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

    private async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(session.Goodbye.ForHandshake, connection.Time);
        var began = connection.Time.GetTimestamp();
        try
        {
            output.Complete();
            await output.FlushAsync().AsTask().WaitAsync(s_longest, connection.Time, limit.Token).ConfigureAwait(false);

            // A result may have chosen the close frame meanwhile.
            var end = session.Ending!;
            await socket.CloseOutputAsync(end.CloseCode, end.CloseReason).WaitAsync(s_longest, connection.Time, limit.Token).ConfigureAwait(false);
            await ReadAsync(s_longest - connection.Time.GetElapsedTime(began), limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
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

    /// <summary>Waits for the end of what the server sends.</summary>
    /// <param name="left">How long it is read.</param>
    /// <param name="limit">Canceled when the time of the close is over.</param>
    /// <exception cref="TimeoutException">It has not ended.</exception>
    private async Task ReadAsync(TimeSpan left, CancellationToken limit)
    {
        while (true)
        {
            var before = PausedFor(_pauses);
            try
            {
                await Reading.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, connection.Time, limit).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException) when (PausedFor(_pauses) - before is var paused && paused > TimeSpan.Zero)
            {
                left = paused;
            }

            if (_pauses.Present is { } pause)
            {
                await pause.Over.Task.WaitAsync(limit).ConfigureAwait(false);
            }
        }
    }

    private TimeSpan PausedFor(Pauses pauses) =>
        pauses.Before + (pauses.Present is { } pause ? connection.Time.GetElapsedTime(pause.Since) : TimeSpan.Zero);

    private void Finish()
    {
        _over.TrySetResult();
        socket.Abort();
        connection.Mailbox.Wake();
    }

    /// <summary>How long reading has waited for the handler, and the wait that is not over; null for none.</summary>
    private sealed record Pauses(TimeSpan Before, Pausing? Present);

    private sealed record Pausing(long Since)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
