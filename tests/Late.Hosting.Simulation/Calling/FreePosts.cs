using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>
/// All posts that need no session: each runs once, in order (P1), or its sender or the log is notified (P5); and none waits while nothing is
/// in its way.
/// </summary>
internal sealed class FreePosts(Subject subject, ILateClient<SimulationHandler> client)
{
    private readonly List<Errand> _all = [];
    private int _last;
    private int _lastOwn;
    private int _own;
    private int _ownAccepted;
    private int _handled;
    private int _delayed;

    public int NextId => _all.Count + 1;

    public void Add(Errand post) => _all.Add(post);

    /// <summary>A callback of the handler posts, now or for later.</summary>
    /// <param name="handler">It.</param>
    public void PostOwn(SimulationHandler handler)
    {
        if (subject.World.Chances.Slots.Chance(30))
        {
            PostLater(handler);
            return;
        }

        var posting = client.PostAsync(new FreeNote(++_own, IsOwn: true), new LatePostOptions { RunsWithoutSession = true });
        subject.Trace.Write($"the handler posts {_own}, which needs no session: {(posting.IsCompletedSuccessfully ? "accepted" : "refused")}");
        subject.Verdict.Require(posting.IsCompleted, "P14", $"a post of the handler to itself waits");
        _ownAccepted += posting.IsCompletedSuccessfully ? 1 : 0;
        _ = posting.AsTask().Exception;
    }

    public void OnHandled(FreeNote note)
    {
        ref var last = ref (note.IsOwn ? ref _lastOwn : ref _last);
        subject.Verdict.Require(note.Id > last, "P1", $"post {note.Id}, which needs no session, reached the handler after post {last}");
        last = note.Id;
        _handled++;
        if (!note.IsOwn)
        {
            _all[note.Id - 1].IsDelivered = true;
        }
    }

    public void OnHandled(FreeTimedNote note)
    {
        subject.Verdict.Require(!note.IsHandled, "P1", $"delayed post {note.Id}, which needs no session, was handled twice");
        subject.Verdict.Require(subject.Time.Elapsed >= note.DueAt, "P1", $"delayed post {note.Id}, which needs no session, came before {note.DueAt}");
        subject.Verdict.Require(note.Life == subject.Handler, "P3", $"delayed post {note.Id}, which needs no session, came in the next life");
        note.IsHandled = true;
    }

    /// <summary>One that runs without a session asks for the next.</summary>
    /// <param name="request">How; null where it specifies a reason alone.</param>
    public void OnReconnect(SessionRequest? request)
    {
        if (client.State is LateConnectionState.Connecting or LateConnectionState.Reconnecting)
        {
            subject.Requests.OnAccepted(request, client.State);
        }
        else if (request is not null && client.State is not LateConnectionState.Connected)
        {
            request.IsVoid = true;
        }
    }

    public void OnEnded(Errand post, Exception? exception)
    {
        if (exception is not null)
        {
            subject.Verdict.Require(!post.IsDelivered, "P6", $"{post} failed with {exception.GetType().Name}, and the handler has seen it");
            Deliveries.Check(subject, post, exception, isKnown: true);
        }
    }

    /// <summary>With nothing else to do: what was accepted is in the mailbox, was handled, or was dropped with a word in the log.</summary>
    public void CheckNow(bool isOver)
    {
        if (!subject.Plan.PostsAnywhere)
        {
            return;
        }

        var inside = _all.Count(static post => post.Task.IsCompletedSuccessfully) + _ownAccepted - _handled - subject.Logs.DroppedFreePosts;
        subject.Verdict.Require(inside >= 0 && !(isOver && inside > 0), "P5", $"{inside} accepted posts, which need no session, were neither handled nor dropped with a word");
        if (!isOver && MayRun)
        {
            var waiting = _all.Count(static post => !post.Task.IsCompleted);
            subject.Verdict.Require(inside + waiting == 0, "P1", $"{inside} posts that need no session are in the mailbox, {waiting} wait for it, and nothing is in their way");
        }
    }

    // Between sessions, when nothing is left of the last one; and in one that is ready.
    private bool MayRun => subject is { HasHung: false, Logs.HasAbandoned: false, Errors.EndsLife: false, IsStopping: false, Life: { Running: null, IsInitialized: true, IsTerminated: false } }
        && (client.State is LateConnectionState.Connecting or LateConnectionState.Reconnecting
            ? !subject.Life.IsConnected && !subject.Rotations.IsOpen && subject.Session?.Wire.IsDisposed != false
            : subject.IsIdle && !subject.Rotations.IsDraining);

    private void PostLater(SimulationHandler handler)
    {
        var delay = subject.World.Chances.Slots.Time(1, 5000);
        try
        {
            _ = client.PostAfter(delay, new FreeTimedNote(++_delayed, subject.Time.Elapsed + delay, handler), new LatePostOptions { RunsWithoutSession = true });
        }
        catch (LateException)
        {
            // The connection does not run.
            subject.Verdict.Require(client.State is not (LateConnectionState.Connected or LateConnectionState.Ready), "P5", $"a delayed post that needs no session is refused in a session");
        }
    }
}
