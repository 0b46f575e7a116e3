using Late.Hosting.Diagnostics;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// Warns where something waits for a connection that the host does not come to start, because it waits for what waits: a
/// service registered earlier, in its <c>StartAsync</c>. Nothing is made and no clock read once the connection runs.
/// </summary>
internal sealed class StartWatch(string connection, TimeProvider time, ConnectionLog log)
{
    /// <summary>How long a start usually does not take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Gate _gate = new();
    private volatile ITimer? _clock;
    private volatile bool _isOver;

    /// <summary>The connection is used, and what uses it may wait for its start.</summary>
    public void NoteUse()
    {
        if (_isOver || _clock is not null)
        {
            return;
        }

        var clock = time.CreateTimer(static watch => ((StartWatch)watch!).Warn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (TryKeep(clock))
        {
            clock.Change(Patience, Timeout.InfiniteTimeSpan);
        }
        else
        {
            clock.Dispose();
        }
    }

    /// <summary>The connection has started, or never will.</summary>
    public void End()
    {
        ITimer? clock;
        using (_gate.Enter())
        {
            _isOver = true;
            (clock, _clock) = (_clock, null);
        }

        clock?.Dispose();
    }

    private bool TryKeep(ITimer clock)
    {
        using (_gate.Enter())
        {
            if (_isOver || _clock is not null)
            {
                return false;
            }

            _clock = clock;
            return true;
        }
    }

    private void Warn()
    {
        if (!_isOver)
        {
            End();
            log.NotStarted(connection, Patience);
        }
    }
}
