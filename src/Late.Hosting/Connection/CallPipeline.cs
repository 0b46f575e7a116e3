using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Diagnostics;
using Polly;
using Polly.Retry;
using Polly.Telemetry;

namespace Late.Hosting.Connection;

/// <summary>
/// The Polly pipeline that the application has given to the calls of a connection. It is built once, so that what its strategies remember
/// counts for all calls.
/// </summary>
internal sealed class CallPipeline
{
    private readonly ConnectionContext _connection;
    private readonly Lazy<ResiliencePipeline> _pipeline;

    public CallPipeline(ConnectionContext connection)
    {
        _connection = connection;
        _pipeline = new Lazy<ResiliencePipeline>(Build);
    }

    private CancellationTokenSource Over => _connection.Over!;

    private bool IsOver => Over.IsCancellationRequested;

    /// <summary>Builds it, where no call has done so: what is wrong with it fails the start and no call.</summary>
    public void Prepare() => _ = _pipeline.Value;

    /// <summary>Runs a call, perhaps in more than one attempt.</summary>
    public Task<TReply> RunAsync<TReply, TState>(Func<TState, CancellationToken, ValueTask<TReply>> attempt, TState state, CancellationToken cancellationToken) =>
        new PipelinedCall<TReply, TState>(this, attempt, state, cancellationToken).RunAsync();

    private ResiliencePipeline Build()
    {
        var options = _connection.Options;
        var builder = new ResiliencePipelineBuilder
        {
            Name = "Late.Hosting.Calls",
            InstanceName = _connection.MeasuredAs,
            TimeProvider = _connection.Time,
        };

        // Polly's metrics are on. It logs nothing: what a call fails with may hold a payload (promise P12).
        builder.ConfigureTelemetry(new TelemetryOptions());
        builder.TelemetryListener = builder.TelemetryListener is { } listener ? new GuardedTelemetry(listener) : null;
        var context = new LateCallsContext(_connection.Name, options, Retry(options.Reconnect), _connection.Services);
        foreach (var configure in _connection.Hooks.Calls)
        {
            configure(builder, context);
        }

        return builder.Build();
    }

    private RetryStrategyOptions Retry(LateReconnectOptions delays) => new()
    {
        Name = "Calls",
        ShouldHandle = args => ValueTask.FromResult(IsNotDelivered(args.Outcome.Exception)),
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Randomizer = () => _connection.Randomizer(),
        Delay = delays.BaseDelay,
        MaxDelay = delays.MaxDelay,
    };

    // What another connection has thrown inside the handler does not count, nor what the handler has made: the handler has this call.
    private bool IsNotDelivered(Exception? exception) => exception switch
    {
        LateDisconnectedException { Delivery: LateDelivery.NotDelivered, IsOfConnection: true } failure => failure.ConnectionName == _connection.Name,
        LateCallTimeoutException { Delivery: LateDelivery.NotDelivered, IsOfConnection: true } failure => failure.ConnectionName == _connection.Name,
        _ => false,
    };

    /// <summary>A call on its way through the pipeline.</summary>
    private sealed class PipelinedCall<TReply, TState>
    {
        private readonly CallPipeline _pipeline;
        private readonly Func<TState, CancellationToken, ValueTask<TReply>> _attempt;
        private readonly TState _state;
        private readonly CancellationToken _caller;
        private readonly CancellationTokenSource? _end;

        // Whether the handler may have received an attempt.
        private LateDelivery _delivery = LateDelivery.NotDelivered;

        public PipelinedCall(CallPipeline pipeline, Func<TState, CancellationToken, ValueTask<TReply>> attempt, TState state, CancellationToken caller)
        {
            (_pipeline, _attempt, _state, _caller) = (pipeline, attempt, state, caller);

            // What waits in the pipeline for another attempt ends with the connection (promise P5). Its own token is sufficient where the caller has none.
            var isOver = pipeline.IsOver;
            _end = isOver || caller.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(caller, isOver ? default : pipeline.Over.Token) : null;
        }

        private bool HasEnded => _end?.IsCancellationRequested ?? _pipeline.IsOver;

        public async Task<TReply> RunAsync()
        {
            using var end = _end;
            try
            {
                return await _pipeline._pipeline.Value.ExecuteAsync(static (call, token) => call.AttemptAsync(token), this, end?.Token ?? _pipeline.Over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception) when (HasEnded)
            {
                var connection = _pipeline._connection;
                throw _caller.IsCancellationRequested
                    ? new OperationCanceledException(exception.Message, exception, _caller)
                    : ConnectionFailure.NotRunning(connection.Lifecycle).With(connection.Lifecycle.Report()).ToException(connection.Name, _delivery);
            }
        }

        private async ValueTask<TReply> AttemptAsync(CancellationToken cancellationToken)
        {
            try
            {
                var reply = await _attempt(_state, cancellationToken).ConfigureAwait(false);
                _delivery = LateDelivery.Unknown;
                return reply;
            }
            catch (Exception exception)
            {
                if (!_pipeline.IsNotDelivered(exception) && exception is not (LateStoppedException { Delivery: LateDelivery.NotDelivered } or LateFaultedException { Delivery: LateDelivery.NotDelivered }))
                {
                    _delivery = LateDelivery.Unknown;
                }

                End();
                throw;
            }
        }

        // No attempt follows one that failed after the connection has ended: the connection's own token is canceled by then.
        private void End()
        {
            if (_end is null || !_pipeline.IsOver)
            {
                return;
            }

            try
            {
                _end.Cancel();
            }
            catch (AggregateException)
            {
                // A strategy has registered with its token what throws: the call fails as its attempt has.
            }
        }
    }
}
