using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary><c>ConfigureCalls</c>: the pipeline that the application puts around its calls.</summary>
public sealed class CallPipelineTests
{
    private readonly ScriptedHandler _handler = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P6_a_call_that_was_not_delivered_is_retried_and_reaches_the_next_session()
    {
        var block = new TaskCompletionSource();
        _handler.Info = async (_, state, _) =>
        {
            await block.Task;
            return LateResult.Ok(state);
        };
        await using var host = Retrying();
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("blocks"), Token);
        await _handler.SkipToAsync("Info blocks");
        var call = host.Client.CallAsync(new Ask("a"), Token);
        socket.Drop();
        await host.StateAsync(LateConnectionState.Reconnecting);
        block.SetResult();
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();

        Assert.Equal("a", await call);
        Assert.Equal(["Disconnect ConnectionLost", "Connect", "Call a"], _handler.Trace());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P6_a_call_that_the_handler_has_received_is_not_retried(bool failsForAnother)
    {
        _handler.Call = (_, _, state, _) => failsForAnother
            ? throw new LateDisconnectedException("Other", "Another connection is not ready.")
            : LateResult.Ok(state);
        await using var host = Retrying();
        var socket = await host.ReadyAsync();

        // A second attempt would fail: there is no session.
        var call = host.Client.CallAsync(new Ask("a"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);
        await _handler.SkipToAsync("Call a");
        if (!failsForAnother)
        {
            socket.Drop();
        }

        var failure = await Assert.ThrowsAsync<LateDisconnectedException>(() => call);
        Assert.Equal(failsForAnother ? LateDelivery.NotDelivered : LateDelivery.Unknown, failure.Delivery);
        Assert.DoesNotContain("Call a", _handler.Trace());
    }

    [Fact] // What its handler has from another connection is not about this call.
    public async Task P6_a_call_whose_handler_calls_a_connection_that_is_not_ready_is_not_retried()
    {
        await using var host = Retrying(static builder =>
        {
            builder.Services.AddKeyedSingleton<ITransport>("eu", new FakeTransport());
            builder.Services.AddLateConnection<ForwardingHandler>("eu", static options => options.Uri = new Uri("ws://feed.example/eu"));
        });
        var other = host.Services.GetRequiredKeyedService<ILateClient<ForwardingHandler>>("eu");
        _handler.Call = async (_, _, state, _) =>
        {
            await other.CallAsync(new Ask("b"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);
            return LateResult.Ok(state);
        };
        await host.ReadyAsync();

        var failure = await Assert.ThrowsAsync<LateDisconnectedException>(() => host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal(("eu", LateDelivery.NotDelivered), (failure.ConnectionName, failure.Delivery));
        Assert.Single(_handler.Trace(), static callback => callback == "Call a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P6_a_call_that_its_handler_fails_with_an_exception_of_the_library_is_not_retried(bool isTimeout)
    {
        await using var host = Retrying();
        _handler.Call = (_, call, state, _) =>
        {
            call.Fail(isTimeout
                ? new LateCallTimeoutException(host.Client.Name, "The server did not answer.")
                : new LateDisconnectedException(host.Client.Name, "The server has ended the subscription."));
            return LateResult.Send(state, LateFrame.Text("charge"));
        };
        await host.ReadyAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => host.Client.CallAsync(new Ask("a"), Token));

        await host.Client.PostAsync(new Note("after"), Token);
        await _handler.SkipToAsync("Call a");
        Assert.Equal("Info after", await _handler.NextAsync());
    }

    [Fact]
    public async Task The_retry_has_the_delays_of_reconnecting_on_the_connections_clock_and_ends_with_the_connection()
    {
        RetryStrategyOptions? retry = null;
        await using var host = new TestHost(_handler, build: builder => builder.ConfigureCalls((pipeline, context) =>
        {
            retry = context.Retry;
            retry.UseJitter = false;
            retry.BackoffType = DelayBackoffType.Constant;
            pipeline.AddRetry(retry);
        }));
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        var fails = new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail };
        var call = host.Client.CallAsync(new Ask("a"), fails, Token);
        for (var i = 0; i < retry!.MaxRetryAttempts; i++)
        {
            await host.Time.TimerAsync(host.Time.GetUtcNow() + retry.Delay);
            Assert.False(call.IsCompleted);
            host.Time.Advance(retry.Delay);
        }

        Assert.Equal(new LateConnectionOptions().Reconnect.BaseDelay, retry.Delay);
        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateDisconnectedException>(() => call)).Delivery);
        await host.StopAsync(Token);
        await Assert.ThrowsAsync<LateStoppedException>(() => host.Client.CallAsync(new Ask("b"), Token));
    }

    [Fact]
    public async Task It_is_built_once_before_the_first_call_with_what_it_can_be_built_from()
    {
        var built = new List<LateCallsContext>();
        await using var host = new TestHost(_handler, build: builder => builder.ConfigureCalls((_, context) => built.Add(context)));
        await host.ReadyAsync();
        Assert.Equal("a", await host.Client.CallAsync(new Ask("a"), Token));
        Assert.Equal("b", await host.Client.CallAsync(new Ask("b"), Token));

        var context = Assert.Single(built);
        Assert.Equal(("Forwarding", host.Client.Name), (context.Name, context.Name));
        Assert.Equal("ws://feed.example/v2", context.Options.Uri!.OriginalString);
        Assert.Same(_handler, context.Services.GetService(typeof(ScriptedHandler)));
    }

    [Fact]
    public async Task P13_what_it_throws_fails_the_start()
    {
        await using var host = new TestHost(_handler, build: static builder => builder.ConfigureCalls(static (_, _) => throw new FormatException("wrong")));

        await Assert.ThrowsAsync<FormatException>(host.StartAsync);
    }

    private TestHost Retrying(Action<ILateConnectionBuilder>? build = null) => new(_handler, build: builder =>
    {
        build?.Invoke(builder);
        builder.ConfigureCalls(static (pipeline, context) =>
        {
            context.Retry.Delay = TimeSpan.Zero;
            pipeline.AddRetry(context.Retry);
        });
    });
}
