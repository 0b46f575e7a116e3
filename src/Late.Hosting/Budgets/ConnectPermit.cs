using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Budgets;

/// <summary>The permit of one attempt in the budget of its group: waited for, held while the server answers, given back.</summary>
internal sealed class ConnectPermit : IDisposable
{
    private readonly ConnectBudget _budget;
    private readonly CancellationTokenSource _canceled;
    private readonly Task<IDisposable> _permit;
    private int _isDisposed;

    private ConnectPermit(ConnectBudget budget, string connection, CancellationToken stopping, CancellationToken interrupted)
    {
        _budget = budget;
        _canceled = CancellationTokenSource.CreateLinkedTokenSource(stopping, interrupted);
        _permit = budget.WaitAsync(connection, _canceled.Token);
    }

    public bool IsAcquired => _permit.IsCompletedSuccessfully;

    /// <summary>Takes a place in the line; null where the connection has no budget.</summary>
    /// <param name="services">Has the budgets by their names.</param>
    /// <param name="budget">The budget's name.</param>
    /// <param name="connection">The connection's name.</param>
    /// <param name="stopping">Canceled when the host stops.</param>
    /// <param name="interrupted">Canceled when the attempt is not needed any more.</param>
    public static ConnectPermit? Request(
        IServiceProvider services, string? budget, string connection, CancellationToken stopping, CancellationToken interrupted) => budget is null
        ? null
        : new ConnectPermit(services.GetRequiredKeyedService<ConnectBudget>(budget), connection, stopping, interrupted);

    /// <exception cref="OperationCanceledException">The attempt was canceled.</exception>
    /// <exception cref="LateConnectException">The application's limiter threw.</exception>
    public Task WaitAsync() => _permit;

    /// <summary>The attempt has failed: the server may ask the whole group to wait.</summary>
    public void OnFailed(Exception exception)
    {
        if (exception is LateConnectException refusal)
        {
            _budget.OnRefused(refusal);
        }
    }

    /// <summary>Gives it back, or leaves the line; once, whichever call is first.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _canceled.Cancel();
        _ = _permit.ContinueWith(
            static permit => permit.Result.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _ = _permit.Observed();
        _canceled.Dispose();
    }
}
