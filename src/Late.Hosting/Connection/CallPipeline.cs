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

    /// <summary>Builds it, where no call has done so: what is wrong with it fails the start and no call.</summary>
    public void Prepare() => _ = _pipeline.Value;

    /// <summary>Runs a call, perhaps in more than one attempt.</summary>
    public Task<TReply> RunAsync<TReply, TState>(Func<TState, CancellationToken, ValueTask<TReply>> attempt, TState state, CancellationToken cancellationToken) =>
        _pipeline.Value.ExecuteAsync(attempt, state, cancellationToken).AsTask();

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
}
