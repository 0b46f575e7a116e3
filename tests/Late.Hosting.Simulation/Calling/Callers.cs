using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Network;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Calling;

/// <summary>The application around a connection: calls, posts, sends, pings, watches, and asks for new sessions.</summary>
internal sealed class Callers(Subject subject, ILateClient<SimulationHandler> client)
{
    // No world has more.
    private const int MostErrands = 500;

    private readonly List<Errand> _all = [];
    private readonly CallMaker _calls = new(subject, client);
    private int _sends;
    private int _pings;
    private int _waits;

    /// <summary>Asks for new sessions.</summary>
    public Reconnects Reconnects { get; } = new(subject, client);

    /// <summary>Does one thing of the dice's choice.</summary>
    public void Act()
    {
        if (subject.World.Calls.TryReload())
        {
            return;
        }

        if (subject.Plan.DrawsRequests && subject.World.Chances.Switches.Chance(15))
        {
            Reconnects.Act();
            return;
        }

        if (subject.Plan.PostsAnywhere && subject.World.Chances.Slots.Chance(15))
        {
            PostAnywhere();
            return;
        }

        switch (subject.Dice.Weighted(45, 25, 15, 5, 3, 3, 2, 2))
        {
            case 0:
                Call();
                break;
            case 1:
                Post();
                break;
            case 2:
                Send();
                break;
            case 3:
                Ping();
                break;
            case 4:
                Reconnects.Act();
                break;
            case 5:
                WaitForReady();
                break;
            case 6:
                subject.Statuses.WatchAgain();
                break;
            default:
                subject.World.Settings.Reload();
                break;
        }
    }

    /// <summary>The calls that have not ended, or not long ago.</summary>
    public IEnumerable<CallErrand> WaitingCalls => _all.OfType<CallErrand>();

    public void Call()
    {
        var options = Options();
        var waits = subject.Plan.DrawsCalls && subject.World.Chances.Slots.Chance(40);
        options = options with { WhenLost = waits ? LateWhenLost.Wait : LateWhenLost.Fail };
        var cancellation = Cancellation(out var cancelledAt);
        Call(subject.World.Chances.Slots.Pick(nameof(Ask), nameof(Probe)), options, cancelledAt, cancellation);
    }

    /// <summary>Asks for a new session while calls are in progress, which are to be finished first.</summary>
    public void DrainNow()
    {
        for (var calls = subject.World.Chances.Drains.Between(1, 3); calls > 0; calls--)
        {
            Call(nameof(Ask), new LateCallOptions(), cancelledAt: null, CancellationToken.None);
        }

        Reconnects.Act(subject.Requests.MakeDraining());
    }

    /// <summary>Makes a call with all that is drawn.</summary>
    public CallErrand Call(string request, LateCallOptions options, TimeSpan? cancelledAt, CancellationToken cancellation)
    {
        var call = _calls.Make(request, options, cancelledAt, cancellation);
        _all.Add(call);
        return call;
    }

    /// <summary>With nothing else to do: nothing has outlived its time.</summary>
    public void CheckNow()
    {
        var now = subject.Time.Elapsed;
        for (var i = _all.Count - 1; i >= 0; i--)
        {
            var errand = _all[i];
            if (errand.IsEnded)
            {
                _all.RemoveAt(i);
                continue;
            }

            subject.Verdict.Require(errand.Kind != "send" || !IsBlocked(errand, now), "P8", $"{errand} waits for the network longer than SendTimeout");
            subject.Verdict.Require(errand.Deadline is not { } deadline || now <= deadline + subject.Time.TimerSlack, "P5", $"{errand} has not ended, and its time was over at {errand.Deadline?.TotalSeconds:0.0000}");
            subject.Verdict.Require(!errand.EndsWithSession || errand.IsDelivered || !IsBetweenSessions, "P7", $"{errand} waits for another session, and would not: its own is over");
            subject.Verdict.Require(
                errand.Kind != "call" || errand.CancelledAt is not { } cancelled || now <= cancelled + subject.Time.Slack, "P5", $"{errand} has not ended, and was cancelled at {errand.CancelledAt?.TotalSeconds:0.0000}");
        }
    }

    /// <summary>True for what begins now, and waits for no other session than this.</summary>
    /// <param name="whenNotReady">What is specified for it; null for what the options specify.</param>
    public bool EndsWithSession(LateWhenNotReady? whenNotReady) =>
        client.State == LateConnectionState.Ready && (whenNotReady ?? subject.Options.WhenNotReady) == LateWhenNotReady.Fail;

    private bool IsBetweenSessions => client.State is LateConnectionState.Connecting or LateConnectionState.Connected or LateConnectionState.Reconnecting;

    // With nothing else to do, a frame waits for the network alone: behind one that is being written, and one that came before it.
    private bool IsBlocked(Errand send, TimeSpan now)
    {
        var status = client.Status;
        var since = new[] { send.Began, subject.Life.IdleSince, status.Since - subject.World.Began }.Max();
        return status.State == LateConnectionState.Ready && !subject.Rotations.IsDraining && !subject.SendLimit.IsSet && subject.Life.Running is null && now - since > 3 * subject.Options.SendTimeout;
    }

    /// <summary>The connection is stopped: everything has ended.</summary>
    public void CheckOver()
    {
        foreach (var errand in _all)
        {
            subject.Verdict.Require(errand.IsEnded, "P5", $"{errand} has not ended, and the connection has");
        }
    }

    private void Post()
    {
        var (id, options) = (subject.Posts.NextId, Options());
        var cancellation = Cancellation(out var cancelledAt);
        subject.Trace.Write($"post {id}: within {options.Timeout}, {options.WhenNotReady}");
        var post = new Errand("post", id, subject.Time.Elapsed)
        {
            Task = Task.CompletedTask,
            Deadline = Deadline(options.Timeout),
            CancelledAt = cancelledAt,
            EndsWithSession = EndsWithSession(options.WhenNotReady),
        };
        subject.Posts.Add(post);
        var state = client.State;
        post.Task = client.PostAsync(new Note(id), new LatePostOptions { Timeout = options.Timeout, WhenNotReady = options.WhenNotReady }, cancellation).AsTask();
        subject.Posts.AdmitAccepted(areNew: true);
        ImmediateAnswers.Check(subject, post, state, options.WhenNotReady);
        _ = FollowAsync(post, subject.Posts.OnEnded);
        _all.Add(post);
    }

    private void PostAnywhere()
    {
        var (id, options) = (subject.FreePosts.NextId, Options());
        var cancellation = Cancellation(out var cancelledAt);
        subject.Trace.Write($"post {id}, which needs no session: within {options.Timeout}, {options.WhenNotReady}");
        var post = new Errand("free post", id, subject.Time.Elapsed) { Task = Task.CompletedTask, Deadline = Deadline(options.Timeout), CancelledAt = cancelledAt };
        subject.FreePosts.Add(post);
        var state = client.State;
        post.Task = client.PostAsync(
            new FreeNote(id, IsOwn: false), new LatePostOptions { Timeout = options.Timeout, WhenNotReady = options.WhenNotReady, RunsWithoutSession = true }, cancellation).AsTask();
        ImmediateAnswers.Check(subject, post, state, LateWhenNotReady.Wait);
        _ = FollowAsync(post, subject.FreePosts.OnEnded);
        _all.Add(post);
    }

    private void Send()
    {
        var (id, options) = (++_sends, Options());
        var cancellation = Cancellation(out var cancelledAt);
        subject.Trace.Write($"send {id}: within {options.Timeout}, {options.WhenNotReady}");
        var state = client.State;
        var frame = LateFrame.Text($"c:{id}:{Secrets.Payload}{new string('+', subject.Dice.Below(100))}");
        var send = new Errand("send", id, subject.Time.Elapsed) { Task = client.SendAsync(frame, options, cancellation).AsTask(), CancelledAt = cancelledAt };
        ImmediateAnswers.Check(subject, send, state, options.WhenNotReady);
        send.Due = IsAdmitted(send, state) ? subject.Gaps.AdmitSend(id) : null;
        _ = FollowAsync(send, OnSendEnded);
        _all.Add(send);
    }

    private void OnSendEnded(Errand send, Exception? exception)
    {
        subject.Gaps.Remove(send.Due);
        send.IsDelivered = subject.Traffic.HasSeenSend(send.Id);
        if (exception is null)
        {
            subject.Verdict.Require(send.IsDelivered, "P4", $"{send} is done, and its frame is not written");
        }
        else
        {
            Deliveries.Check(subject, send, exception, isKnown: false);
        }
    }

    private void Ping()
    {
        var cancellation = Cancellation(out var cancelledAt);
        var ping = new Errand("ping", ++_pings, subject.Time.Elapsed)
        {
            Task = Calling.Reconnects.Guarded(() => client.PingAsync(cancellation)),
            Deadline = Deadline(subject.Options.KeepAliveTimeout),
            CancelledAt = cancelledAt,
        };
        subject.Trace.Write($"{ping}");
        _ = FollowAsync(ping, (errand, exception) =>
        {
            if (exception is not null)
            {
                Deliveries.Check(subject, errand, exception, isKnown: false);
            }
        });
        _all.Add(ping);
    }

    private void WaitForReady()
    {
        var cancellation = Cancellation(out var cancelledAt);
        var wait = new Errand("wait", ++_waits, subject.Time.Elapsed) { Task = client.WaitForReadyAsync(cancellation), CancelledAt = cancelledAt };
        _ = FollowAsync(wait, (errand, exception) => subject.Verdict.Require(
            exception is null or LateFaultedException or LateStoppedException or OperationCanceledException, "P5", $"{errand} ended with {exception?.GetType().Name}"));
        _all.Add(wait);
    }

    /// <summary>Where nothing waits before it, and there is room, the mailbox takes it.</summary>
    public bool IsAdmitted(Errand errand, LateConnectionState state) =>
        !errand.IsEnded && state == LateConnectionState.Ready && subject.Options.MailboxCapacity > MostErrands && !subject.Rotations.IsDraining;

    private async Task FollowAsync(Errand errand, Action<Errand, Exception?> onEnded)
    {
        Exception? exception = null;
        try
        {
            await errand.Task;
        }
        catch (Exception error)
        {
            exception = error;
        }

        Write(errand, exception);
        onEnded(errand, exception);
    }

    private void Write(Errand errand, Exception? exception)
    {
        subject.Trace.Write($"{errand}: {(exception is null ? "done" : exception.GetType().Name)}");
        SecretCheck.OfException(subject.Verdict, exception);
    }

    private LateCallOptions Options() => new()
    {
        Timeout = subject.Dice.Pick<TimeSpan?>(null, null, Timeout.InfiniteTimeSpan, subject.Dice.Time(5, 20_000)),
        WhenNotReady = subject.Dice.Pick<LateWhenNotReady?>(null, null, LateWhenNotReady.Fail, LateWhenNotReady.Wait),
    };

    private TimeSpan? Deadline(TimeSpan? timeout) => timeout is { } limit && limit != Timeout.InfiniteTimeSpan ? subject.Time.Elapsed + limit : null;

    private CancellationToken Cancellation(out TimeSpan? at)
    {
        at = null;
        if (!subject.Dice.Chance(12))
        {
            return CancellationToken.None;
        }

        var source = new CancellationTokenSource();
        var after = subject.Dice.Chance(10) ? TimeSpan.Zero : subject.Dice.Time(1, 5000);
        at = subject.Time.Elapsed + after;
        if (after == TimeSpan.Zero)
        {
            source.Cancel();
        }
        else
        {
            subject.Time.After(after, source.Cancel);
        }

        return source.Token;
    }
}
