using System.Net;
using Late.Hosting.Configuration;
using Late.Hosting.Locking;

namespace Late.Hosting.Budgets;

/// <summary>
/// The attempts of a group of connections, in one queue: first come, first served, as soon as there is a permit and no
/// server has asked the group to wait.
/// </summary>
internal sealed class ConnectBudget(string name, IPermits permits, Func<LateConnectBudgetOptions> options, TimeProvider time, BudgetLog log) : IDisposable
{
    private readonly Gate _gate = new();
    private readonly LinkedList<TaskCompletionSource<IDisposable>> _line = new();
    private readonly CancellationTokenSource _disposed = new();
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _pausedUntil;
    private long _pauses;
    private bool _isServing;

    public string Name => name;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>How many attempts wait.</summary>
    public int Waiting
    {
        get
        {
            using (_gate.Enter())
            {
                return _line.Count;
            }
        }
    }

    /// <summary>How often a server has made all wait.</summary>
    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>Waits for a permit; a canceled wait leaves the queue.</summary>
    /// <returns>The permit, to be disposed when the server has answered.</returns>
    /// <exception cref="LateConnectException">The application's limiter threw.</exception>
    public async Task<IDisposable> WaitAsync(string connection, CancellationToken cancellationToken)
    {
        var permit = new TaskCompletionSource<IDisposable>(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<IDisposable>> place;
        bool serves;
        using (_gate.Enter())
        {
            place = _line.AddLast(permit);
            (serves, _isServing) = (!_isServing, true);
        }

        if (serves)
        {
            _ = ServeAsync();
        }

        using (cancellationToken.UnsafeRegister(_ => Leave(place, cancellationToken), null))
        {
            try
            {
                return await permit.Task.ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                throw new LateConnectException(
                    connection, $"Connection '{connection}' did not get a permit to connect: the rate limiter of connect budget '{name}' threw {exception.GetType().Name}. See the inner exception.", exception);
            }
        }
    }

    /// <summary>A server has refused a connection of the group: where it asks to wait, all wait.</summary>
    public void OnRefused(LateConnectException refusal)
    {
        var wait = refusal switch
        {
            { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable, RetryAfter: { } after } => after,
            { StatusCode: HttpStatusCode.TooManyRequests } => options().Pause,
            _ => TimeSpan.Zero,
        };
        wait = wait < Limits.LongestDelay ? wait : Limits.LongestDelay;
        using (_gate.Enter())
        {
            if (Now + wait <= _pausedUntil || wait <= TimeSpan.Zero)
            {
                return;
            }

            _pausedUntil = Now + wait;
            _pauses++;
        }

        permits.StartOver(wait);
        log.BudgetPaused(name, refusal.ConnectionName, wait.TotalSeconds);
    }

    public void Dispose() => _disposed.Cancel();

    /// <summary>Serves the line until it is empty.</summary>
    private async Task ServeAsync()
    {
        while (HasWaiting())
        {
            try
            {
                var permit = await permits.AcquireAsync(_disposed.Token).ConfigureAwait(false);
                while (Pause() is var pause && pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, time, _disposed.Token).ConfigureAwait(false);
                }

                if (TakeFirst() is { } first)
                {
                    first.SetResult(permit);
                }
                else
                {
                    permit.Dispose();
                }
            }
            catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                TakeFirst()?.SetException(exception);
            }
        }
    }

    private bool HasWaiting()
    {
        using (_gate.Enter())
        {
            return _isServing = _line.Count > 0;
        }
    }

    private TimeSpan Pause()
    {
        using (_gate.Enter())
        {
            // Timers count in whole milliseconds.
            return TimeSpan.FromMilliseconds(Math.Ceiling((_pausedUntil - Now).TotalMilliseconds));
        }
    }

    private TaskCompletionSource<IDisposable>? TakeFirst()
    {
        using (_gate.Enter())
        {
            var first = _line.First;
            if (first is not null)
            {
                _line.Remove(first);
            }

            return first?.Value;
        }
    }

    /// <summary>Leaves the queue; no effect where the permit was granted: its holder returns it.</summary>
    private void Leave(LinkedListNode<TaskCompletionSource<IDisposable>> place, CancellationToken cancellationToken)
    {
        using (_gate.Enter())
        {
            if (place.List is null)
            {
                return;
            }

            _line.Remove(place);
        }

        place.Value.SetCanceled(cancellationToken);
    }
}
