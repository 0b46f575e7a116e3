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
    public async Task<TReply> RunAsync<TReply, TState>(Func<TState, CancellationToken, ValueTask<TReply>> attempt, TState state, CancellationToken cancellationToken)
    {
        // What waits in the pipeline for another attempt ends with the connection (promise P5).
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, IsOver ? default : Over.Token);
        var call = new PipelinedCall<TReply, TState>(this, attempt, state, end);
        try
        {
            return await _pipeline.Value.ExecuteAsync(static (call, token) => call.AttemptAsync(token), call, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (end.IsCancellationRequested)
        {
            throw cancellationToken.IsCancellationRequested
                ? new OperationCanceledException(exception.Message, exception, cancellationToken)
                : ConnectionFailure.NotRunning(_connection.Lifecycle).With(_connection.Lifecycle.Report()).ToException(_connection.Name, call.Delivery);
        }
    }

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
    private sealed class PipelinedCall<TReply, TState>(
        CallPipeline pipeline, Func<TState, CancellationToken, ValueTask<TReply>> attempt, TState state, CancellationTokenSource end)
    {
        /// <summary>Whether the handler may have received an attempt.</summary>
        public LateDelivery Delivery { get; private set; } = LateDelivery.NotDelivered;

        public async ValueTask<TReply> AttemptAsync(CancellationToken cancellationToken)
        {
            try
            {
                var reply = await attempt(state, cancellationToken).ConfigureAwait(false);
                Delivery = LateDelivery.Unknown;
                return reply;
            }
            catch (Exception exception)
            {
                if (!pipeline.IsNotDelivered(exception) && exception is not (LateStoppedException { Delivery: LateDelivery.NotDelivered } or LateFaultedException { Delivery: LateDelivery.NotDelivered }))
                {
                    Delivery = LateDelivery.Unknown;
                }

                End();
                throw;
            }
        }

        // No attempt follows one that failed after the connection has ended.
        private void End()
        {
            if (!pipeline.IsOver)
            {
                return;
            }

            try
            {
                end.Cancel();
            }
            catch (AggregateException)
            {
                // A strategy has registered with its token what throws: the call fails as its attempt has.
            }
        }
    }
}
