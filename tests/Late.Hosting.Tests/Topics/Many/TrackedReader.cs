namespace Late.Hosting.Tests.Topics.Many;

/// <summary>A reader, and all that it may see: each item once and in order, and a gap between two items where their sessions differ, and nowhere else.</summary>
/// <param name="subscription">Its subscription.</param>
/// <param name="next">The number of the first item that it is to see.</param>
/// <param name="session">The session in which it was confirmed.</param>
internal sealed class TrackedReader(LateSubscription<int> subscription, int next, int session)
{
    private const int NumberBits = 20;

    private int _next = next;
    private int _session = session;
    private bool _isInterrupted;
    private bool _hasGap;
    private int _until = int.MaxValue;
    private Task _reading = Task.CompletedTask;

    /// <summary>Whether it may lose items.</summary>
    public required bool MayDrop { get; init; }

    /// <summary>How many items it has lost.</summary>
    public long Dropped => subscription.Dropped;

    /// <summary>An item, which knows its place.</summary>
    public static int Item(int session, int number) => (session << NumberBits) | number;

    /// <summary>Reads from now on, concurrently with the others.</summary>
    public void Begin() => _reading = ReadAsync(int.MaxValue);

    /// <summary>The next item that is published is the last.</summary>
    public void EndAt(int number) => Volatile.Write(ref _until, number);

    /// <summary>Done when it has seen the last item.</summary>
    public async Task EndAsync()
    {
        await _reading;
        await ReadAsync(_until);
        Assert.True(_next == _until, $"the reader has ended at item {_next}, and there are {_until}");
        await subscription.DisposeAsync();
    }

    /// <summary>It leaves.</summary>
    /// <param name="until">The number of items that it sees before; null where it leaves whatever it has seen.</param>
    public async Task LeaveAsync(int? until)
    {
        if (until is { } number && _reading.IsCompleted)
        {
            await ReadAsync(number);
        }

        await subscription.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync(int until)
    {
        if (_next >= until)
        {
            return;
        }

        await foreach (var next in subscription.ReadEventsAsync(TestContext.Current.CancellationToken))
        {
            See(next);
            if (_next >= until || _next >= Volatile.Read(ref _until))
            {
                return;
            }
        }
    }

    private void See(LateSubscriptionEvent<int> next)
    {
        switch (next.Kind)
        {
            case LateSubscriptionEventKind.Interrupted:
                Assert.False(_isInterrupted, "Interrupted came twice");
                (_isInterrupted, _hasGap) = (true, true);
                break;
            case LateSubscriptionEventKind.Restored:
                Assert.True(_isInterrupted, "Restored came without Interrupted");
                _isInterrupted = false;
                break;
            case LateSubscriptionEventKind.Dropped:
                Assert.True(MayDrop && next.Dropped > 0, "items were dropped");
                _next += (int)next.Dropped;
                break;
            default:
                var (number, session) = (next.Item & ((1 << NumberBits) - 1), next.Item >> NumberBits);
                Assert.Equal(_next, number);
                Assert.False(_isInterrupted, "an item came between Interrupted and Restored");
                Assert.True(_hasGap == (session != _session), $"session {_session} is followed by {session}, and there is {(_hasGap ? "a" : "no")} gap");
                (_next, _session, _hasGap) = (number + 1, session, false);
                break;
        }
    }
}
