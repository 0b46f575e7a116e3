using Late.Hosting.Ownership;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// Whether this host owns the connection: from an acquired lease to its end, which is a life of the connection or several. It carries what happens
/// to the lease into the lifecycle.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="make">Makes what decides.</param>
internal sealed class Tenure(ConnectionContext connection, Func<IServiceProvider, IOwned, IOwnership> make) : IOwned
{
    private static readonly TimeSpan s_longestRelease = TimeSpan.FromSeconds(2);

    private IOwnership? _ownership;
    private volatile ITerm? _term;

    public string Name => connection.Name;

    public string MeasuredAs => connection.MeasuredAs;

    public string? Key => connection.Key;

    public TimeProvider Time => connection.Time;

    /// <summary>The present term; null between two.</summary>
    public ITerm? Term => _term;

    public Exception Loggable(Exception exception) => connection.Errors.Loggable(exception);

    /// <summary>Makes what decides. What it throws fails the start.</summary>
    public void Prepare() => _ownership = make(connection.Services, this);

    /// <summary>Waits until this host owns the connection.</summary>
    /// <param name="stopping">Canceled when the connection stops.</param>
    /// <exception cref="OperationCanceledException">It stops.</exception>
    public async Task BeginAsync(CancellationToken stopping) =>
        _term = await _ownership!.AcquireAsync(stopping).ConfigureAwait(false);

    /// <summary>Nothing of the life runs any more: others may have the lease.</summary>
    /// <param name="abandoned">Canceled when nothing is waited for any more.</param>
    public async Task EndAsync(CancellationToken abandoned)
    {
        if (_term is not { } term)
        {
            return;
        }

        _term = null;
        using var clock = new CancellationTokenSource(s_longestRelease, connection.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, abandoned);

        // What the store does not answer in time ends by itself, when the lease does.
        await term.ReleaseAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public bool StandBy(string reason) => connection.Effects.Run(connection.Lifecycle.StandBy(reason));

    public void Yield(ITerm term, string reason, TimeSpan within)
    {
        if (term == _term)
        {
            var time = within < connection.Options.CloseTimeout ? within : connection.Options.CloseTimeout;
            connection.Effects.Run(connection.Lifecycle.Yield(SessionEnd.LeaseYielded(reason, time, connection.Time.GetTimestamp())));
        }
    }

    public void Lose(ITerm term, string reason)
    {
        if (term == _term)
        {
            Lose(reason);
        }
    }

    /// <summary>A write was refused, before the end of the lease was noticed elsewhere: the host was frozen, or its clock was set.</summary>
    public void OnWriteRefused()
    {
        _term?.StopRenewing();
        Lose("The lease had not been renewed in time when a frame was to be written.");
    }

    private void Lose(string reason)
    {
        connection.Effects.Run(connection.Lifecycle.Yield(SessionEnd.LeaseLost(reason)));

        // Also where it closes already.
        connection.Lifecycle.Session?.Abort();
    }
}
