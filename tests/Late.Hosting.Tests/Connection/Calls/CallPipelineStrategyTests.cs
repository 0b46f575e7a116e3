using Late.Hosting.Tests.Support;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Strategies of the application in <c>ConfigureCalls</c> other than the retry, and the retry with the limits of calls.</summary>
public sealed class CallPipelineStrategyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P19_the_timeout_of_a_strategy_ends_its_attempt_which_the_handler_learns_of()
    {
        var (handler, pending) = CallEndTests.Keeping();
        await using var host = Host(handler, static pipeline => pipeline.AddTimeout(TimeSpan.FromSeconds(1)));
        var socket = await host.ReadyAsync();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        Assert.Equal("1", await socket.SentAsync());
        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("end 1 of a: Canceled", await socket.SentAsync());
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call);
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public async Task P6_a_call_that_has_waited_too_long_for_its_slot_is_retried_and_waits_for_one_again()
    {
        var (retried, left) = (new TaskCompletionSource(), 3);
        await using var host = Host(
            NumberedCalls.Handler(new LatePendingCalls()),
            pipeline => pipeline.AddStrategy(_ => new Attempts(_ => OnBegun()), new Options()),
            static options => (options.MaxConcurrentCalls, options.QueueTimeout) = (1, TimeSpan.FromSeconds(2)),
            static retry => (retry.Delay, retry.BackoffType, retry.UseJitter) = (TimeSpan.Zero, DelayBackoffType.Constant, false));
        var socket = await host.ReadyAsync();
        var first = host.Client.CallAsync(new Ask("1"), Token);
        Assert.Equal("1 1", await socket.SentAsync());
        var second = host.Client.CallAsync(new Ask("2"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await retried.Task.WaitAsync(Token);
        Assert.False(second.IsCompleted);
        socket.Send("1 yes");
        Assert.Equal("yes", await first);

        Assert.Equal("2 2", await socket.SentAsync());
        socket.Send("2 yes");
        Assert.Equal("yes", await second);

        // The second attempt of the second call waits.
        void OnBegun()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                retried.SetResult();
            }
        }
    }

    [Fact]
    public async Task What_a_strategy_remembers_counts_for_all_calls()
    {
        var handler = new ScriptedHandler { Call = static (_, _, _, _) => throw new FormatException() };
        await using var host = Host(handler, static pipeline => pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 1,
            MinimumThroughput = 2,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is FormatException),
        }));
        await host.ReadyAsync();
        await Assert.ThrowsAsync<FormatException>(() => host.Client.CallAsync(new Ask("1"), Token));
        await Assert.ThrowsAsync<FormatException>(() => host.Client.CallAsync(new Ask("2"), Token));

        await Assert.ThrowsAsync<BrokenCircuitException>(() => host.Client.CallAsync(new Ask("3"), Token));
        Assert.DoesNotContain("Call 3", handler.Trace());
    }

    [Fact]
    public async Task A_strategy_may_reply_in_place_of_the_handler()
    {
        var handler = new ScriptedHandler();
        await using var host = Host(handler, static pipeline => pipeline.AddStrategy(static _ => new Cache(), new Options()));
        await host.ReadyAsync();

        Assert.Equal("cached", await host.Client.CallAsync(new Ask("1"), Token));
        Assert.Equal(["Init", "Connect"], handler.Trace());
    }

    [Fact]
    public async Task Calls_whose_callers_have_no_token_run_with_that_of_their_connection_and_no_other_is_made()
    {
        var tokens = new List<CancellationToken>();
        await using var host = Host(new ScriptedHandler(), pipeline => pipeline.AddStrategy(_ => new Attempts(tokens.Add), new Options()));
        await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        await host.Client.CallAsync(new Ask("1"), CancellationToken.None);
        await host.Client.CallAsync(new Ask("2"), CancellationToken.None);
        await host.Client.CallAsync(new Ask("3"), caller.Token);
        await host.StopAsync(Token);
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.CallAsync(new Ask("4"), CancellationToken.None));

        Assert.Equal(tokens[0], tokens[1]);
        Assert.Equal(4, tokens.Count);
        Assert.Equal(3, tokens.Distinct().Count());
        Assert.DoesNotContain(caller.Token, tokens);
    }

    private static TestHost Host(
        ScriptedHandler handler, Action<ResiliencePipelineBuilder> add, Action<LateConnectionOptions>? configure = null, Action<RetryStrategyOptions>? retry = null) =>
        new(handler, configure, builder => builder.ConfigureCalls((pipeline, context) =>
        {
            if (retry is not null)
            {
                retry(context.Retry);
                pipeline.AddRetry(context.Retry);
            }

            add(pipeline);
        }));

    private sealed class Options : ResilienceStrategyOptions;

    /// <summary>Sees the token of each attempt that has begun.</summary>
    private sealed class Attempts(Action<CancellationToken> begun) : ResilienceStrategy
    {
        protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
        {
            var attempt = callback(context, state);
            begun(context.CancellationToken);
            return attempt;
        }
    }

    /// <summary>Makes no attempt.</summary>
    private sealed class Cache : ResilienceStrategy
    {
        protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state) =>
            new(Outcome.FromResult((TResult)(object)"cached"));
    }
}
