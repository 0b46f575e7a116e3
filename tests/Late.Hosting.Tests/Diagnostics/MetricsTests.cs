using System.Diagnostics.Metrics;
using System.Net;
using Late.Hosting.Budgets;
using Late.Hosting.Observability;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Diagnostics;

public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_first_collected_while_the_services_are_disposed_is_nothing()
    {
        var provider = new ServiceCollection().BuildServiceProvider();
        provider.Dispose();
        using var meter = new Meter("Test");
        new ConnectionGauges(new ConnectionDirectory(provider), provider.GetServices<ConnectBudget>).AddTo(meter);
        var measured = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => measured++);
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => measured++);
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Equal(0, measured);
    }

    [Fact]
    public async Task Attempts_are_counted_by_outcome()
    {
        await using var host = new TestHost();
        using var probe = new MetricProbe(host);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable);
        await host.NextAttemptAsync();
        await host.Transport.AttemptAsync();
        await host.Client.ReconnectAsync("immediately", Token);
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        Assert.Equal(
            ["1 late.attempt.outcome=failed error.type=503", "1 late.attempt.outcome=canceled", "1 late.attempt.outcome=connected"],
            probe.Of(LateTelemetry.ConnectionAttempts));
    }

    [Fact]
    public async Task A_session_reports_how_long_it_lasted_and_why_it_ended()
    {
        await using var host = new TestHost();
        using var probe = new MetricProbe(host);
        var socket = await host.ReadyAsync();
        host.Time.Advance(TimeSpan.FromSeconds(10));
        socket.Close(1001, "moving");
        await host.WaitingUntilAsync();

        Assert.Equal(["10 late.session.end=closed_by_server"], probe.Of(LateTelemetry.SessionDuration));
    }

    [Fact]
    public async Task Calls_report_how_long_they_took_and_how_they_ended()
    {
        var calls = new List<LateCall<string>>();
        var handler = new ScriptedHandler
        {
            Call = (request, call, state, _) =>
            {
                calls.Add(call);
                return LateResult.Send(state, LateFrame.Text(request.Text));
            },
        };
        await using var host = new TestHost(handler);
        using var probe = new MetricProbe(host, LateTelemetry.CallDuration);
        var socket = await host.ReadyAsync();
        using var cancellation = new CancellationTokenSource();
        Task<string>[] asked =
        [
            host.Client.CallAsync(new Ask("a"), Token),
            host.Client.CallAsync(new Ask("b"), Token),
            host.Client.CallAsync(new Ask("c"), cancellation.Token),
            host.Client.CallAsync(new Ask("d"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(3) }, Token),
            host.Client.CallAsync(new Ask("e"), Token),
        ];
        for (var i = 0; i < asked.Length; i++)
        {
            await socket.SentAsync();
        }

        host.Time.Advance(TimeSpan.FromSeconds(1));
        calls[0].Reply("");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        calls[1].Fail(new FormatException());
        await cancellation.CancelAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        socket.Drop();
        await Task.WhenAll(asked).ContinueWith(static _ => { }, Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        Assert.Equal(
            [
                "1 late.request.type=Ask late.call.outcome=replied",
                "2 late.request.type=Ask late.call.outcome=failed",
                "2 late.request.type=Ask late.call.outcome=canceled",
                "3 late.request.type=Ask late.call.outcome=timed_out",
                "3 late.request.type=Ask late.call.outcome=disconnected",
            ],
            probe.Of(LateTelemetry.CallDuration));
    }

    [Fact]
    public async Task Calls_report_how_long_they_waited_for_the_handler()
    {
        var block = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, _) =>
            {
                await block.Task;
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        using var probe = new MetricProbe(host, LateTelemetry.CallQueueDuration);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("blocks"), Token);
        await handler.SkipToAsync("Info blocks");
        var late = host.Client.CallAsync(new Ask("late"), new LateCallOptions { Timeout = TimeSpan.FromSeconds(1) }, Token);
        var taken = host.Client.CallAsync(new Ask("taken"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => late);
        block.SetResult();
        await taken;

        Assert.Equal(["2 late.request.type=Ask", "2 late.request.type=Ask"], probe.Of(LateTelemetry.CallQueueDuration));
    }

    [Fact]
    public async Task Callbacks_report_how_long_they_ran()
    {
        TestHost? clock = null;
        var handler = new ScriptedHandler
        {
            In = (_, _, _) => Later(1),
            Info = (_, _, _) => Later(2),
        };
        await using var host = clock = new TestHost(handler);
        using var probe = new MetricProbe(host, LateTelemetry.CallbackDuration);
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await host.Handler.SkipToAsync("In a");
        await host.Client.PostAsync(new Note("a"), Token);
        // Its time may begin before the other callbacks advance the clock.
        var untilAnswered = new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan };
        await host.Client.CallAsync(new Ask("a"), untilAnswered, Token);
        await host.Client.CallAsync(new Ask("b"), untilAnswered, Token);

        Assert.Equal(
            [
                "0 late.callback.name=Init",
                "0 late.callback.name=HandleConnecting",
                "0 late.callback.name=HandleConnect",
                "1 late.callback.name=HandleIn",
                "2 late.callback.name=HandleInfo",
                "0 late.callback.name=HandleCall",
            ],
            probe.Of(LateTelemetry.CallbackDuration).Take(6));

        async ValueTask<LateResult<int>> Later(int seconds)
        {
            await Task.Yield();
            clock!.Time.Advance(TimeSpan.FromSeconds(seconds));
            return LateResult.Ok(0);
        }
    }

    [Fact]
    public async Task Of_the_messages_of_one_read_the_first_is_measured()
    {
        await using var host = new TestHost();
        using var probe = new MetricProbe(host, LateTelemetry.CallbackDuration);
        var socket = await host.ReadyAsync();
        socket.Send("a", "b", "c");
        await host.Handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("a"), Token);
        await host.Client.CallAsync(new Ask("b"), Token);

        Assert.Single(probe.Of(LateTelemetry.CallbackDuration), "0 late.callback.name=HandleIn");
    }

    [Fact]
    public async Task Posts_that_are_lost_are_counted()
    {
        var entered = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            Info = async (_, state, token) =>
            {
                entered.TrySetResult();
                await new TaskCompletionSource().Task.WaitAsync(token);
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 2);
        using var probe = new MetricProbe(host);
        await host.ReadyAsync();
        await host.Client.PostAsync(new Note("runs"), Token);
        await entered.Task;
        await host.Client.PostAsync(new Note("dropped"), Token);
        await host.Client.PostAsync(new Note("dropped"), Token);
        var waiting = host.Client.PostAsync(new Note("failed"), Token).AsTask();
        probe.Collect();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await host.StopAsync(now.Token);
        await Assert.ThrowsAsync<LateStoppedException>(() => waiting);

        Assert.Equal(["3"], probe.Of(LateTelemetry.MailboxDepth));
        Assert.Equal(["1", "1"], probe.Of(LateTelemetry.PostsDropped));
        Assert.Equal(["1"], probe.Of(LateTelemetry.PostsFailed));
    }

    [Fact]
    public async Task State_and_frames_are_read_on_collection()
    {
        var handler = new ScriptedHandler { Connect = (state, _) => LateResult.Send(state, LateFrame.Text("a"), LateFrame.Text("b")) };
        await using var host = new TestHost(handler);
        using var probe = new MetricProbe(host);
        var socket = await host.ReadyAsync();
        socket.Send("c");
        await host.Handler.SkipToAsync("In c");
        await host.Client.CallAsync(new Ask("d"), Token);
        probe.Collect();

        Assert.Equal(["1 network.io.direction=receive", "2 network.io.direction=transmit"], probe.Of(LateTelemetry.ConnectionFrames));
        Assert.Equal(
            [
                "0 late.connection.state=not_started",
                "0 late.connection.state=connecting",
                "0 late.connection.state=connected",
                "1 late.connection.state=ready",
                "0 late.connection.state=reconnecting",
                "0 late.connection.state=stopping",
                "0 late.connection.state=stopped",
                "0 late.connection.state=faulted",
                "0 late.connection.state=standby",
            ],
            probe.Of(LateTelemetry.ConnectionState));
        Assert.All(probe.All, static line => Assert.Contains($" {LateTelemetry.ConnectionNameTag}=Forwarding", line, StringComparison.Ordinal));
    }
}
