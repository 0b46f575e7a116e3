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
    private ITimer? _clock;
    private volatile bool _isOver;

    /// <summary>The connection is used, and what uses it may wait for its start.</summary>
    public void NoteUse()
    {
        if (_isOver)
        {
            return;
        }

        using (_gate.Enter())
        {
            if (!_isOver)
            {
                _clock ??= time.CreateTimer(static watch => ((StartWatch)watch!).Warn(), this, Patience, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>The connection has started, or never will.</summary>
    public void End()
    {
        using (_gate.Enter())
        {
            _isOver = true;
            _clock?.Dispose();
            _clock = null;
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
