using Late.Hosting.Leases.Keeping;
using Late.Hosting.Ownership;

namespace Late.Hosting.Simulation.Spreading;

/// <summary>The connection of one key on one host: it runs while it has the lease, and its goodbye takes some time.</summary>
internal sealed class KeyConnection : IOwned
{
    private readonly SpreadWorld _world;
    private readonly KeyHost _host;
    private readonly LeaseKeeper _keeper;
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITerm? _term;

    public KeyConnection(SpreadWorld world, KeyHost host, string key)
    {
        (_world, _host, Key) = (world, host, key);
        var requests = new LeaseRequests(host.Line, Name, Name, Time, KeyHost.Metrics);
        _keeper = new LeaseKeeper(new LeaseParts(requests, world.Settings, this, world.Dice.Fraction, KeyHost.Log) { Spread = host.Spread });
    }

    public string Key { get; }

    public string Name => SpreadWorld.LeaseOf(Key);

    public string MeasuredAs => Name;

    public TimeProvider Time => _host.Time;

    /// <summary>It has the lease, and may write.</summary>
    public bool Writes => _term?.MayWrite == true;

    /// <summary>It has the lease, or is about to release it.</summary>
    public bool Owns => _term is not null;

    /// <summary>It asks for the lease.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>Nothing of it runs any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the last term ended with.</summary>
    public string Last { get; private set; } = "";

    public Exception Loggable(Exception exception) => exception;

    public bool StandBy(string reason) => true;

    public void Yield(ITerm term, string reason, TimeSpan within) => End(term, reason);

    public void Lose(ITerm term, string reason) => End(term, reason);

    public void Stop() => _stopping.Cancel();

    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await LiveAsync();
                if (_world.IsFaulty(Key))
                {
                    await Task.Delay(_world.Dice.Time(100, 5000), Time, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            IsOver = true;
        }
    }

    private async Task LiveAsync()
    {
        _ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IsAsking = true;
        try
        {
            _term = await _keeper.AcquireAsync(_stopping.Token);
        }
        finally
        {
            IsAsking = false;
        }

        _world.OnOwned(_host, this);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAny(_ends.Task, Task.Delay(_world.IsFaulty(Key) ? _world.Dice.Time(1, 2000) : Timeout.InfiniteTimeSpan, Time, over.Token));
        await over.CancelAsync();
        await Task.Delay(_world.Dice.Time(1, 500), Time, CancellationToken.None);
        var term = _term;
        _term = null;
        await term.ReleaseAsync(CancellationToken.None);
        _world.Trace.Write($"{_host.Name}: released {Key}. {Last}");
    }

    private void End(ITerm term, string reason)
    {
        if (term == _term)
        {
            Last = reason;
            _world.OnEnding(_host, this, reason);
            _ends.TrySetResult();
        }
    }
}
