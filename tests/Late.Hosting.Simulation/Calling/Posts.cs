using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>All posts of a world: in order (P1), none lost without a word (P5), never more than the mailbox takes (P8).</summary>
internal sealed class Posts(Subject subject)
{
    private readonly List<Errand> _all = [];
    private readonly List<Errand> _unaccepted = [];
    private readonly Queue<DueItem> _own = new();
    private int _lastHandled;
    private int _handled;

    public int NextId => _all.Count + 1;

    /// <summary>The handler's posts to itself.</summary>
    public int OwnPosted { get; set; }

    public int OwnAccepted { get; set; }

    public int OwnHandled { get; private set; }

    public void Add(Errand post)
    {
        _all.Add(post);
        _unaccepted.Add(post);
    }

    public void OnHandled(int id)
    {
        subject.Verdict.Require(id > _lastHandled, "P1", $"post {id} reached the handler after post {_lastHandled}");
        _lastHandled = id;
        _handled++;
        var post = _all[id - 1];
        post.IsDelivered = true;
        AdmitAccepted();
        subject.Gaps.OnRun(post.Due);
    }

    /// <summary>Looks which posts the mailbox has taken since the last time.</summary>
    public void AdmitAccepted(bool areNew = false)
    {
        for (var i = _unaccepted.Count - 1; i >= 0; i--)
        {
            var post = _unaccepted[i];
            if (post.Task.IsCompleted)
            {
                _unaccepted.RemoveAt(i);
                post.Due = post is { IsDelivered: false, Task.IsCompletedSuccessfully: true } ? subject.Gaps.Admit("post", post.Id, isNow: areNew && post == _all[^1]) : null;
            }
        }
    }

    /// <summary>A post of the handler to itself is admitted.</summary>
    public void OnOwnAdmitted(int id) => _own.Enqueue(subject.Gaps.Admit("the handler's own post", id));

    /// <summary>A post of the handler to itself reaches it.</summary>
    public void OnOwnHandled(int id)
    {
        OwnHandled++;
        while (_own.TryPeek(out var due) && due.Id <= id)
        {
            subject.Gaps.OnRun(_own.Dequeue());
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
        var accepted = 0;
        foreach (var post in _all)
        {
            accepted += post.Task.IsCompletedSuccessfully ? 1 : 0;
        }

        var inside = accepted - _handled - subject.Logs.DroppedPosts;
        var most = isOver ? 0 : subject.Options.MailboxCapacity;
        subject.Verdict.Require(inside >= 0 && inside <= most, "P8", $"{inside} accepted posts are in a mailbox of {most}");
        if (!isOver && subject is { Client.State: LateConnectionState.Ready, Life.Running: null, Session.Wire: { BlockedSince: null, IsOver: false }, Rotations.IsDraining: false })
        {
            var mayBeFull = subject.Logs.Count(25) > 0;
            subject.Verdict.Require(inside == 0 || mayBeFull || most == 1, "P8", $"{inside} accepted posts are in the mailbox, and the handler has nothing to do");
        }

        if (isOver)
        {
            var own = OwnAccepted - OwnHandled - subject.Logs.DroppedOwnPosts;
            subject.Verdict.Require(own == 0, "P5", $"{own} posts of the handler to itself were neither handled nor dropped with a word");
        }
    }
}
