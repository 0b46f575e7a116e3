using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Handling;

/// <summary>What callbacks do in addition: posts, calls and sends of the handler to itself, and what comes of them.</summary>
internal sealed class SideActs(ILateClient<SimulationHandler> self, Subject subject, SimulationHandler handler)
{
    private int _lastOwnNote;
    private int _lastTimedNote;
    private int _ownPostsLeft;

    public void BeginSession()
    {
        _ownPostsLeft = subject.Plan.Handler.OwnPostsInRow;
        PostOn();
    }

    public void Do(Side side)
    {
        switch (side)
        {
            case Side.PostsToItself:
                var posting = self.PostAsync(new OwnNote(++subject.Posts.OwnPosted));
                subject.Verdict.Require(posting.IsCompleted, "P14", $"a post of the handler to itself waits");
                if (posting.IsCompletedSuccessfully)
                {
                    subject.Posts.OwnAccepted++;
                    subject.Posts.OnOwnAdmitted(subject.Posts.OwnPosted);
                }

                _ = posting.AsTask().Exception;
                break;
            case Side.PostsLater when subject.Life.IsConnected:
                PostLater(subject.Dice.Time(1, 5000));
                break;
            case Side.CallsItself:
                var calling = self.CallAsync(new Ask(-1));
                subject.Verdict.Require(
                    calling is { IsFaulted: true, Exception.InnerException: InvalidOperationException }, "P14", $"a call of the handler to itself did not fail immediately");
                break;
            case Side.SendsToItself:
                var sending = self.SendAsync(LateFrame.Text("never"));
                subject.Verdict.Require(sending.IsFaulted, "P14", $"a send of the handler to itself did not fail immediately");
                _ = sending.AsTask().Exception;
                break;
        }
    }

    public void OnOwnNote(OwnNote note)
    {
        subject.Verdict.Require(note.Id > _lastOwnNote, "P1", $"the handler's own post {note.Id} came after post {_lastOwnNote}");
        _lastOwnNote = note.Id;
        subject.Posts.OnOwnHandled(note.Id);
        PostOn();
    }

    public void OnTimedNote(TimedNote note)
    {
        subject.Trace.Write($"delayed post {note.Id} is due");
        subject.Verdict.Require(note.Session == handler.Session, "P4", $"a delayed post of session {note.Session} came in session {handler.Session}");
        note.IsHandled = true;
        subject.Gaps.OnRun(note.Due);
    }

    // One after the other, for a time: frames are handled between them.
    private void PostOn()
    {
        if (_ownPostsLeft-- > 0)
        {
            Do(Side.PostsToItself);
        }
    }

    private void PostLater(TimeSpan delay)
    {
        var note = new TimedNote(++_lastTimedNote, handler.Session);
        _ = self.PostAfter(delay, note);

        // A moment later it is in the mailbox for certain.
        subject.Time.After(delay + TimeSpan.FromTicks(1), () =>
        {
            if (!note.IsHandled && note.Session == subject.Handler?.Session && subject.Life.IsConnected && subject.Gaps.IsOpen)
            {
                note.Due = subject.Gaps.Admit("delayed post", note.Id, isNow: false);
            }
        });
    }
}
