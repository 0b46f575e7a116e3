using Late.Hosting.Connection.Reconnecting;

namespace Late.Hosting.Connection;

/// <summary>After a fault, waits for the next life: a delay that grows, where the options want one, or a request (promise P15).</summary>
internal sealed class LifeDelays(ConnectionContext connection)
{
    private int _restarts;

    /// <summary>A life was stable: the delays start over.</summary>
    public void StartOver() => _restarts = 0;

    /// <summary>Waits for the next life.</summary>
    /// <param name="ended">Done when nothing of the last life runs any more: no callback runs concurrently with one of the next (promise P1).</param>
    /// <param name="waits">Called when it is known until when it waits.</param>
    /// <param name="stopping">Canceled when none follows.</param>
    /// <returns>Whether it begins.</returns>
    public async Task<bool> WaitAsync(Task ended, Action waits, CancellationToken stopping)
    {
        await ended.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var fault = connection.Lifecycle.Current;
        var isKnown = false;
        while (true)
        {
            using var due = CancellationTokenSource.CreateLinkedTokenSource(stopping, connection.Lifecycle.LifeRequest(out var wasRequested, out var after));
            var waiting = BeginWait(wasRequested ? after ?? TimeSpan.Zero : fault.IsRestarting ? Next(fault.Exception) : null, wasRequested, due.Token);
            if (!isKnown)
            {
                isKnown = true;
                waits();
            }

            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                if (fault.IsRestarting)
                {
                    connection.Log.Stopped(connection.Name, LateException.WithoutName(connection.Name, connection.Lifecycle.Current.Reason));
                }

                return false;
            }

            // A request that has come meanwhile determines the wait.
            if (!due.IsCancellationRequested)
            {
                return true;
            }
        }
    }

    /// <summary>Waits for a delay; for a request alone where there is none.</summary>
    private Task BeginWait(TimeSpan? delay, bool isRequested, CancellationToken due)
    {
        var waiting = Task.Delay(delay ?? Timeout.InfiniteTimeSpan, connection.Time, due);
        if (delay is { } time && !waiting.IsCompleted)
        {
            // After the timer is set: a test that is notified of the next life advances the clock to it.
            connection.Lifecycle.NoteNextLife(connection.Time.GetUtcNow() + time);
            if (isRequested)
            {
                connection.Log.LifeRequested(connection.Name, time.TotalSeconds);
            }
            else
            {
                connection.Log.Restarting(connection.Name, time.TotalSeconds);
            }
        }

        return waiting;
    }

    private TimeSpan Next(Exception? cause)
    {
        var options = connection.Options.Restart;
        var delay = RestartDelay.Next(options.BaseDelay, options.MaxDelay, _restarts++, connection.Randomizer);
        return RetryAfterDelay.OrLonger(delay, cause, options.BaseDelay, connection.Randomizer);
    }
}
