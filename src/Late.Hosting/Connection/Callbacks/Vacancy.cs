using System.Diagnostics;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// Runs the posts that need no session while there is none: before the first, between two, during attempts and waits. It ends before
/// any other callback begins (promise P1).
/// </summary>
internal sealed class Vacancy(ConnectionContext connection, Runner runner, ResultWriter results)
{
    private Period _period = new();
    private Task _running = Task.CompletedTask;

    /// <summary>The error that ends the life, of one of them or of a callback whose session ended already; no other runs after it. Null for none.</summary>
    public SessionEnd? Restart { get; private set; }

    /// <summary>Runs them from here on.</summary>
    public void Begin()
    {
        var (period, before) = (new Period(), _running);
        _period = period;
        _running = Task.Run(() => RunAsync(period, before), CancellationToken.None);
    }

    /// <summary>An error of a callback ends the life, and not the session, which ends already.</summary>
    public void EndLife(SessionEnd error) => Restart ??= error;

    /// <summary>Runs no more of them.</summary>
    /// <returns>Done when the one that runs has completed.</returns>
    public Task EndAsync()
    {
        _period.IsOver = true;
        connection.Mailbox.Wake();
        return _running;
    }

    /// <summary>Runs another callback in between.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="cancellationToken">When canceled, the one that runs is not waited for, and the callback does not begin.</param>
    public async Task PauseAsync(Func<Task> callback, CancellationToken cancellationToken)
    {
        await EndAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await callback().ConfigureAwait(false);
        }
        finally
        {
            Begin();
        }
    }

    private async Task RunAsync(Period period, Task before)
    {
        await before.ConfigureAwait(false);

        // Whatever is traced where it was begun has no part in what follows.
        Activity.Current = null;
        results.Leave();
        var callback = runner.Callback;
        var burst = default(Burst);
        callback.Watch.MeasureNext();
        while (!period.IsOver && Restart is null)
        {
            if (!connection.Mailbox.TryTakeDue(long.MaxValue, out var item, hasSession: false))
            {
                burst.Rest();
                callback.Watch.MeasureNext();
                await connection.Mailbox.WaitAsync().ConfigureAwait(false);
                continue;
            }

            callback.Begin(item.CallbackName);
            try
            {
                await item.HandleAsync(runner).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                OnError(exception, item);
            }
            finally
            {
                await callback.EndAsync().ConfigureAwait(false);
            }

            burst.AddItem();
            if (burst.TakeRest())
            {
                await Task.Yield();
            }
        }
    }

    private void OnError(Exception exception, MailboxItem item)
    {
        if (runner.Report(exception, item) is { } end)
        {
            Restart = end.Restart ? end : null;
            connection.Effects.Run(connection.Lifecycle.EndWithoutSession(end));
        }
    }

    /// <summary>One run of them.</summary>
    private sealed class Period
    {
        private volatile bool _isOver;

        public bool IsOver { get => _isOver; set => _isOver = value; }
    }
}
