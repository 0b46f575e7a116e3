using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Counts how often a connection reads from a server that floods it, while something else waits (promise P16): other work
/// of the same thread, a session's first callback, or what is due.
/// </summary>
internal sealed class ReadRuns(Subject subject)
{
    private const int MostReads = 100;

    private bool _isBeating;
    private int _readsInARow;
    private int _readsAheadOfWork;

    /// <summary>The client reads, and there is more.</summary>
    public void OnRead(ServerSession session)
    {
        if (!_isBeating)
        {
            _isBeating = true;
            ThreadPool.UnsafeQueueUserWorkItem(static runs => runs.Beat(), this, preferLocal: false);
        }

        subject.World.Retained.OnRead();
        _readsInARow++;
        _readsAheadOfWork = IsWorkWaiting(session) ? _readsAheadOfWork + 1 : 0;
        if (_readsInARow > MostReads || _readsAheadOfWork > 3 * MostReads)
        {
            subject.Verdict.Fail("P16", _readsInARow > MostReads
                ? $"session {session.Number} has read {_readsInARow} times, and let nothing else run"
                : $"session {session.Number} has read {_readsAheadOfWork} times, and its handler has something to do");
            (_readsInARow, _readsAheadOfWork) = (0, 0);
            session.EndFlood();
        }
    }

    private bool IsWorkWaiting(ServerSession session)
    {
        if (subject is not { Life.Running: null, SendLimit.IsSet: false } || session != subject.Session || session.Wire.BlockedSince is not null)
        {
            return false;
        }

        return subject.Client.State switch
        {
            LateConnectionState.Connected => !subject.Life.IsConnected,
            LateConnectionState.Ready => subject.Gaps.HasDue,
            _ => false,
        };
    }

    private void Beat() => (_isBeating, _readsInARow) = (false, 0);
}
