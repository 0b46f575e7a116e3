using Late.Hosting.Tests.Support;
using Polly;
using Polly.Retry;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>What ends a call that is in the pipeline of the application, and not in the connection.</summary>
public sealed class CallPipelineEndTests
{
    private static readonly LateCallOptions s_fails = new() { WhenNotReady = LateWhenNotReady.Fail };

    private readonly ScriptedHandler _handler = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_a_call_that_waits_for_its_next_attempt_ends_when_the_connection_has_stopped()
    {
        await using var host = Retrying(static retry => (retry.Delay, retry.MaxDelay) = (TimeSpan.FromHours(1), null));
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        var call = host.Client.CallAsync(new Ask("a"), s_fails, Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.False(call.IsCompleted);
        await host.StopAsync(Token);

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateStoppedException>(() => call)).Delivery);
    }

    [Fact]
    public async Task P5_a_pipeline_that_retries_everything_without_end_ends_with_the_connection()
    {
        _handler.Call = static (_, _, state, _) => LateResult.Ok(state);
        await using var host = RetryingAll();
        await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await _handler.SkipToAsync("Call a");
        await host.StopAsync(Token);

        await Assert.ThrowsAsync<LateStoppedException>(() => call);
    }

    [Fact]
    public async Task P6_the_exception_of_a_call_that_was_to_be_repeated_reports_that_the_handler_has_received_it()
    {
        _handler.Call = static (_, _, _, _) => throw new FormatException();
        await using var host = RetryingAll(TimeSpan.FromHours(1));
        await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("a"), Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await host.StopAsync(Token);

        Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateStoppedException>(() => call)).Delivery);
    }

    [Fact]
    public async Task P5_it_ends_with_a_connection_that_has_stopped_before_the_call()
    {
        await using var host = RetryingAll();
        await host.ReadyAsync();
        await host.StopAsync(Token);

        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.CallAsync(new Ask("a"), Token));
    }

    [Fact]
    public async Task P5_the_callers_cancellation_ends_the_wait_for_the_next_attempt_with_its_token()
    {
        await using var host = Retrying(static retry => (retry.Delay, retry.MaxDelay) = (TimeSpan.FromHours(1), null));
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        using var caller = new CancellationTokenSource();
        var call = host.Client.CallAsync(new Ask("a"), s_fails, caller.Token);
        await host.Time.TimerAsync(host.Time.GetUtcNow() + TimeSpan.FromHours(1));
        await caller.CancelAsync();

        Assert.Equal(caller.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).CancellationToken);
    }

    private TestHost RetryingAll(TimeSpan delay = default) => Retrying(retry =>
    {
        (retry.Delay, retry.MaxDelay, retry.MaxRetryAttempts) = (delay, null, int.MaxValue);
        retry.ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is not null);
    });

    private TestHost Retrying(Action<RetryStrategyOptions> change) => new(_handler, build: builder => builder.ConfigureCalls((pipeline, context) =>
    {
        (context.Retry.UseJitter, context.Retry.BackoffType) = (false, DelayBackoffType.Constant);
        change(context.Retry);
        pipeline.AddRetry(context.Retry);
    }));
}
