using Late.Hosting.Connection;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Budgets;

/// <summary>The turn of one attempt in the budget of its group: waited for, used while the server answers, given back.</summary>
internal sealed class ConnectTurn : IDisposable
{
    private readonly ConnectBudget _budget;
    private readonly CancellationTokenSource _givenUp;
    private readonly Task<IDisposable> _turn;

    private ConnectTurn(ConnectBudget budget, string connection, CancellationToken stopping, CancellationToken interrupted)
    {
        _budget = budget;
        _givenUp = CancellationTokenSource.CreateLinkedTokenSource(stopping, interrupted);
        _turn = budget.WaitAsync(connection, _givenUp.Token);
    }

    public bool HasCome => _turn.IsCompletedSuccessfully;

    /// <summary>Takes a place in the line; null where the connection has no budget.</summary>
    public static ConnectTurn? Begin(ConnectionContext connection, string? budget, CancellationToken stopping, CancellationToken interrupted) => budget is null
        ? null
        : new ConnectTurn(connection.Services.GetRequiredKeyedService<ConnectBudget>(budget), connection.Name, stopping, interrupted);

    /// <exception cref="OperationCanceledException">The attempt was given up.</exception>
    /// <exception cref="LateConnectException">The application's limiter threw.</exception>
    public async Task WaitAsync()
    {
        await _turn.ConfigureAwait(false);

        // It may have come in the moment in which it was given up.
        _givenUp.Token.ThrowIfCancellationRequested();
    }

    /// <summary>The attempt has failed: the server may ask the whole group to wait.</summary>
    public void OnFailed(Exception exception)
    {
        if (exception is LateConnectException refusal)
        {
            _budget.OnRefused(refusal);
        }
    }

    public void Dispose()
    {
        _givenUp.Cancel();
        _ = _turn.ContinueWith(
            static turn => turn.Result.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _ = _turn.Observed();
        _givenUp.Dispose();
    }
}
