using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Follows what runs between two callbacks of frames (promise P16): exactly what was admitted when the first of them
/// ended, so that what is due waits for one callback of a frame at most, and frames are handled all the same.
/// </summary>
internal sealed class Gaps(Subject subject)
{
    private readonly List<DueItem> _due = [];
    private readonly List<DueItem> _sends = [];
    private int _frames;
    private ServerSession? _session;
    private int _queued;
    private bool _isNextQueued;

    /// <summary>True where there is a session; what it had admitted goes with it.</summary>
    public bool IsOpen => subject.Client.State is LateConnectionState.Connected or LateConnectionState.Ready;

    /// <summary>True where something is admitted and has not run.</summary>
    public bool HasDue => _due.Count > 0;

    /// <summary>The mailbox has taken something for the handler.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its number.</param>
    /// <param name="isNow">False where it may have been taken some time ago.</param>
    public DueItem Admit(string kind, int id, bool isNow = true)
    {
        var item = Make(kind, id);
        item = isNow ? item : item with { IsDuringOther = false };
        _due.Add(item);
        return item;
    }

    /// <summary>The mailbox has taken a frame of a caller.</summary>
    public DueItem AdmitSend(int id)
    {
        var item = Make("send", id);
        _sends.Add(item);
        return item;
    }

    /// <summary>It reaches the handler, or has ended before.</summary>
    public void OnRun(DueItem? item)
    {
        if (item is null || !_due.Remove(item) || !IsOpen)
        {
            return;
        }

        CheckWait(item);
        subject.Verdict.Require(
            !(_isNextQueued && item.IsDuringOther && item.Frames == _frames), "P16", $"{item} was admitted after the callback of a frame had ended, and ran before that of the next frame, which waits");
    }

    /// <summary>A frame of a caller is written, or an item is taken back by its caller.</summary>
    public void Remove(DueItem? item) => _ = item is not null && (_due.Remove(item) || _sends.Remove(item));

    public void OnFrameBegins()
    {
        subject.Posts.AdmitAccepted();
        _frames++;
        for (var i = _due.Count - 1; IsOpen && i >= 0; i--)
        {
            if (!CheckWait(_due[i]))
            {
                _due.RemoveAt(i);
            }
        }
    }

    /// <summary>The callback of a frame has ended, or that of the session's begin.</summary>
    public void OnFrameEnds(ServerSession session, int handled)
    {
        // While the frame's callback ran, what became due was admitted before its end.
        subject.Posts.AdmitAccepted();
        _isNextQueued = (handled > 0 && session.IsNextRead(handled)) || (session == _session && handled < _queued);
    }

    /// <summary>With nothing else to do: what the client has read by now waits in the mailbox.</summary>
    public void CheckNow()
    {
        _session = subject.Session;
        _queued = _session?.ReadMessages ?? 0;
        if (IsOpen && _session?.Wire.BlockedSince is null && !subject.SendLimit.IsSet)
        {
            // A callback that takes its time does not keep back what was sent in the gap before it.
            _sends.RemoveAll(send => !CheckWait(send));
        }
    }

    public void OnSessionOver()
    {
        subject.Posts.AdmitAccepted();
        _due.Clear();
        _sends.Clear();
        _isNextQueued = false;
    }

    private DueItem Make(string kind, int id)
    {
        var running = subject.Life.Running;
        return new DueItem(kind, id) { Frames = _frames, IsDuringFrame = running == "In", IsDuringOther = running is "Info" or "Call" or "Stream" or "CallEnd" };
    }

    // What was admitted during a frame's callback runs right after it; all else after the next one at the latest.
    private bool CheckWait(DueItem item)
    {
        var waited = _frames - item.Frames;
        var isInTime = waited <= (item.IsDuringFrame ? 0 : 1);
        subject.Verdict.Require(isInTime, "P16", $"{item} was admitted {(item.IsDuringFrame ? "during a frame's callback" : "between two frames")}, and the callbacks of {waited} more frames began before it ran");
        return isInTime;
    }
}
