using Late.Hosting.Simulation.Calling;
using Late.Hosting.Simulation.Checks;
using Late.Hosting.Simulation.Handling;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Topics;

/// <summary>A reader of a topic: it subscribes, reads at its pace, and leaves.</summary>
internal sealed class Reader(Subject subject, TopicModel topic, int id, ReaderPlan plan)
{
    private readonly TimeSpan _began = subject.Time.Elapsed;
    private readonly CancellationTokenSource _caller = new();
    private readonly Place _place = new(subject, topic, id, plan);
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LateSubscription<long>? _subscription;
    private Errand? _errand;
    private bool _mayBeConfirmed;
    private bool _hasLeft;
    private bool _isReading;
    private bool _isReleased;
    private bool _wasBegun = topic.Present is not null;
    private int _read;

    /// <summary>It writes nothing into the trace.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>True where the connection has failed permanently since, and so may the reader have, or it has overflowed.</summary>
    public bool MayBeOut => _place.MayEndAt is not null || _place.HasOverflowed;

    /// <summary>True where it waits for the confirmation, and its time is over or it is canceled.</summary>
    public bool MayHaveLeft => MayBeOut || (_subscription is null && (_hasLeft || subject.Time.Elapsed >= Deadline || subject.Time.Elapsed >= _errand?.CancelledAt));

    private TimeSpan? Deadline => (plan.Options.Timeout ?? subject.Options.CallTimeout) is var timeout && timeout == Timeout.InfiniteTimeSpan ? null : _began + timeout;

    /// <summary>Subscribes.</summary>
    public void Begin(ILateClient<SimulationHandler> client)
    {
        Write($"subscribes: {plan.Options}");
        var state = client.State;
        topic.Readers.Add(this);
        if (plan.CanceledAfter is { } after)
        {
            subject.Time.After(after, _caller.Cancel);
        }

        var subscribing = topic.Number % 2 == 0
            ? client.SubscribeAsync(new Quote(topic.Number), plan.Options, _caller.Token)
            : client.SubscribeAsync(new Trade(topic.Number), plan.Options, _caller.Token);
        _errand = new Errand("subscription", id, _began) { Task = subscribing, CancelledAt = _began + plan.CanceledAfter };
        ImmediateAnswers.Check(subject, _errand with { CancelledAt = null }, state, plan.Options.WhenNotReady);
        _ = RunAsync(subscribing);
    }

    /// <summary>Leaves, whatever it does.</summary>
    public void Leave()
    {
        Write("leaves");
        _hasLeft = true;
        if (_subscription is { } subscription)
        {
            Out();
            _ = subscription.DisposeAsync().AsTask();
        }
        else
        {
            _caller.Cancel();
        }

        Resume();
    }

    /// <summary>Ends its waiting for nothing.</summary>
    public void Resume()
    {
        _isReleased = true;
        _resumed.TrySetResult();
    }

    /// <summary>The handler has received the topic, or had it.</summary>
    public void OnBegun() => _wasBegun = true;

    /// <summary>The topic may be confirmed, and with it the reader.</summary>
    public void OnMayBeConfirmed() => _mayBeConfirmed = true;

    /// <summary>The handler fails the topic behind an item.</summary>
    /// <param name="items">How many items there are.</param>
    /// <param name="isCertain">False where the session may have ended before.</param>
    public void FailAt(int items, bool isCertain)
    {
        if (isCertain)
        {
            _place.FailAt(items);
        }
        else
        {
            _place.MayFailAt(items);
        }
    }

    /// <summary>The connection has failed permanently: so may the reader have.</summary>
    public void OnFaulted() => _place.MayEndAt ??= topic.Items;

    /// <summary>A session has ended.</summary>
    /// <param name="isInterruption">Whether the topic was subscribed to in it.</param>
    public void OnDisconnected(bool isInterruption) => _place.OnDisconnected(isInterruption, isConfirmed: _subscription is not null);

    /// <summary>With nothing else to do: it has ended where its time is over, and has read what there is.</summary>
    public void CheckNow()
    {
        if (_subscription is null)
        {
            subject.Verdict.Require(
                !(subject.Time.Elapsed > Deadline + subject.Time.Slack || subject.Time.Elapsed > _errand!.CancelledAt + subject.Time.Slack), "P20", $"{this} waits for its confirmation, and its time is over");
        }
        else if (_isReading)
        {
            _place.CheckAtEnd();
        }
    }

    /// <summary>With nothing else to do: the topic is confirmed, and so it is to the reader.</summary>
    public void CheckConfirmed()
    {
        subject.Verdict.Require(_subscription is not null || MayBeOut, "P20", $"{this} waits for its confirmation, and its topic is confirmed");
        if (_subscription is not null && _isReading)
        {
            _place.CheckRestored();
        }
    }

    public override string ToString() => $"reader {id} of topic {topic.Number}";

    private void Out() => topic.Leave(this, plan.Options.Linger);

    private async Task RunAsync(Task<LateSubscription<long>> subscribing)
    {
        try
        {
            _subscription = await subscribing;
            OnConfirmed();
            while (!_hasLeft && await ReadAsync())
            {
            }
        }
        catch (Exception exception)
        {
            SecretCheck.OfException(subject.Verdict, exception);
            Write($"ends with {exception.GetType().Name}: {exception.Message}");
            Out();
            OnEnded(exception);
            if (_subscription is { } subscription && !(exception is LateGapException && id % 2 == 0))
            {
                // One that has overflowed has left by that.
                await subscription.DisposeAsync();
            }
        }
    }

    private void OnConfirmed()
    {
        Write("is confirmed");
        _place.Confirm();
        subject.Verdict.Require(_mayBeConfirmed || topic.MayBeConfirmed, "P20", $"{this} is confirmed, and its topic is not");
        if (_hasLeft)
        {
            // It was canceled in this moment.
            Out();
            _ = _subscription!.DisposeAsync().AsTask();
        }
    }

    /// <summary>An enumeration.</summary>
    /// <returns>True where another follows.</returns>
    private async Task<bool> ReadAsync()
    {
        using var enumeration = new CancellationTokenSource();
        try
        {
            return plan.ReadsEvents
                ? await ReadAsync(_subscription!.ReadEventsAsync(enumeration.Token), static next => next)
                : await ReadAsync(_subscription!.ReadAllAsync(enumeration.Token), static item => new LateSubscriptionEvent<long> { Item = item });
        }
        catch (LateGapException gap) when (gap.Dropped is null || plan.Options.WhenFull == LateWhenFull.DropOldest)
        {
            subject.Verdict.Require(!plan.ReadsEvents && plan.Options.OnGap == LateOnGap.Throw, "P20", $"{this} receives a gap, and does not want it");
            subject.Verdict.Require(
                gap.Dropped is not null || subject.Client.State != LateConnectionState.Stopped || _place.MayHaveMore, "P20", $"{this} receives a gap behind which nothing follows, and its connection has stopped");
            See(gap.Dropped is { } dropped ? new() { Kind = LateSubscriptionEventKind.Dropped, Dropped = dropped } : new() { Kind = LateSubscriptionEventKind.Interrupted });
            return true;
        }
    }

    private async Task<bool> ReadAsync<T>(IAsyncEnumerable<T> source, Func<T, LateSubscriptionEvent<long>> eventOf)
    {
        await using var items = source.GetAsyncEnumerator();
        while (true)
        {
            await PauseAsync();
            _isReading = true;
            var isNext = await items.MoveNextAsync();
            _isReading = false;
            if (!isNext)
            {
                subject.Verdict.Require(_hasLeft, "P20", $"{this} comes to an end, and has not left");
                return false;
            }

            See(eventOf(items.Current));
            if (_read >= plan.LeavesAfter && !_hasLeft)
            {
                Leave();
                return false;
            }

            if (subject.World.Chances.Readers.Chance(plan.BreaksPercent))
            {
                return true;
            }
        }
    }

    private async Task PauseAsync()
    {
        var isStuck = _read >= plan.StuckAfter;
        if (!_isReleased && (isStuck || (_read > 0 && subject.World.Chances.Readers.Chance(plan.SlowPercent))))
        {
            var pause = isStuck ? _resumed.Task : subject.World.DelayAsync(subject.World.Chances.Readers.Time(1, 3000), default);
            await Task.WhenAny(pause, _resumed.Task);
        }
    }

    private void See(LateSubscriptionEvent<long> next)
    {
        _isReading = false;
        _read++;
        Write(next.Kind == LateSubscriptionEventKind.Item ? $"reads item {TopicModel.Parts(next.Item).Index}" : $"reads {next.Kind} {next.Dropped}");
        subject.Verdict.Require(!_hasLeft, "P20", $"{this} reads {next.Kind}, and has left");
        _place.See(next, _subscription!.Dropped);
    }

    private void OnEnded(Exception exception)
    {
        _isReading = false;
        var verdict = subject.Verdict;
        var delivery = (exception as LateException)?.Delivery ?? (exception as LateCallTimeoutException)?.Delivery;
        verdict.Require(_subscription is not null || delivery != LateDelivery.Unknown || _wasBegun, "P6", $"{this} is reported as Unknown, and the handler has not received its topic");
        verdict.Require(_subscription is not null || delivery != LateDelivery.NotDelivered || topic.MayHaveEnded || topic.Present is null || (exception is LateDisconnectedException && topic.HasJustBegun), "P6", $"{this} is reported as NotDelivered, and the handler has its topic");
        switch (exception)
        {
            case LateGapException { Dropped: { } dropped }:
                _place.Overflow((int)dropped);
                break;
            case SimulatedException or InvalidOperationException when exception is not ObjectDisposedException:
                _place.Failed(exception, isConfirmed: _subscription is not null);
                break;
            case LateStoppedException or LateFaultedException:
                verdict.Require(subject.Client.State is not LateConnectionState.Ready || MayBeOut, "P20", $"{this} ends with {exception.GetType().Name}, and the connection continues");
                _place.End(isConfirmed: _subscription is not null);
                break;
            case ObjectDisposedException:
                verdict.Require(_hasLeft, "P20", $"{this} is disposed, and has not left");
                break;
            case LateCallTimeoutException:
                verdict.Require(_subscription is null && subject.Time.Elapsed >= Deadline, "P20", $"{this} timed out, and its time is over at {Deadline}");
                break;
            case LateDisconnectedException:
                verdict.Require(_subscription is null && (plan.Options.WhenNotReady ?? subject.Options.WhenNotReady) == LateWhenNotReady.Fail, "P20", $"{this} ends with its session");
                break;
            case OperationCanceledException:
                verdict.Require(_subscription is null && (_hasLeft || subject.Time.Elapsed >= _errand?.CancelledAt), "P20", $"{this} is canceled, and has not canceled");
                break;
            default:
                verdict.Fail("P20", $"{this} ends with {exception}");
                break;
        }
    }

    private void Write(string what)
    {
        if (!IsQuiet)
        {
            subject.Trace.Write($"{this} {what}");
        }
    }
}
