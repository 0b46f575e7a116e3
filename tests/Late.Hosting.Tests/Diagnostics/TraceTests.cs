using System.Diagnostics;
using System.Net;
using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Connection.Reconnecting;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Diagnostics;

/// <summary>A listener of spans observes those of every test.</summary>
[Collection(nameof(Alone))]
public sealed class TraceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attempt_has_a_span_with_its_outcome()
    {
        using var probe = new SpanProbe();
        await using var host = new TestHost(configure: static options => options.Uri = new Uri("wss://user:secret@feed.example/v2?token=secret"));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable);
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);

        var spans = probe.Ended.Where(static span => span.OperationName == "connect Forwarding").ToArray();
        const string Common = "server.address=feed.example server.port=443 url.full=wss://feed.example/v2 http.response.status_code=";
        Assert.Equal(
            [
                $"late.connection.name=Forwarding late.attempt.number=1 late.life.number=1 {Common}503 late.attempt.outcome=failed error.type=503",
                $"late.connection.name=Forwarding late.attempt.number=2 late.life.number=1 {Common}101 late.attempt.outcome=connected",
            ],
            spans.Select(SpanProbe.Tags));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], spans.Select(static span => span.Status));
        Assert.All(spans, static span => Assert.Equal((ActivityKind.Client, null), (span.Kind, span.ParentId)));
    }

    [Fact]
    public async Task The_begin_and_the_end_of_a_session_have_spans_that_lead_to_its_attempt()
    {
        using var probe = new SpanProbe();
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        socket.Close(4004, "bad token");
        await host.WaitingUntilAsync();

        var (attempt, connect, disconnect) = (probe.Single("connect Forwarding"), probe.Single("HandleConnect Forwarding"), probe.Single("HandleDisconnect Forwarding"));
        Assert.Equal(attempt.SpanId, connect.ParentSpanId);
        Assert.Equal((attempt.Context, null), (Assert.Single(disconnect.Links).Context, disconnect.ParentId));
        Assert.Equal(
            "late.connection.name=Forwarding late.session.number=1 late.session.end=closed_by_server late.session.close_code=4004", SpanProbe.Tags(disconnect));
    }

    [Fact]
    public async Task An_attempt_during_a_session_has_a_span_and_the_session_that_it_makes_leads_to_it()
    {
        using var probe = new SpanProbe();
        var handler = NextConnection.Handler();
        await using var host = new TestHost(handler);
        using var metrics = new MetricProbe(host, LateTelemetry.ConnectionAttempts);
        var (_, refused) = await handler.ConnectingAsync(host);
        refused.Refuse(HttpStatusCode.ServiceUnavailable);
        await host.LoggedAsync("ReconnectFailed");
        await host.Client.ReconnectAsync(new LateReconnect { Order = LateReconnectOrder.ConnectFirst }, Token);
        (await host.Transport.AttemptAsync()).Accept().Send("hello");
        await handler.SkipToAsync("In hello");

        var spans = probe.Ended.Where(static span => span.OperationName == "connect Forwarding").ToArray();
        Assert.Equal(["/v2 101", "/moved 503", "/v2 101"], spans.Select(static span => $"{new Uri((string)span.GetTagItem("url.full")!).AbsolutePath} {span.GetTagItem("http.response.status_code")}"));
        Assert.Equal(spans.Select(static span => span.SpanId), probe.Ended.Where(static span => span.OperationName == "HandleConnecting Forwarding").Select(static span => span.ParentSpanId));
        Assert.Equal([spans[0].SpanId, spans[2].SpanId], probe.Ended.Where(static span => span.OperationName == "HandleConnect Forwarding").Select(static span => span.ParentSpanId));
        Assert.All(spans, static span => Assert.Null(span.ParentId));
        Assert.Equal(["connected", "connected", "failed 503"], metrics.Of(LateTelemetry.ConnectionAttempts).Order().Select(static line => line.Split("outcome=")[1].Replace(" error.type=", " ", StringComparison.Ordinal)));
        var connection = host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections()[0];
        var statistics = connection.GetStatistics();
        Assert.Equal((3, 1, 1), (statistics.Attempts, statistics.FailedAttempts, statistics.SwitchesRefused));
        Assert.Contains("could not connect", Assert.Single(connection.GetRecentErrors()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_has_a_span_and_what_its_callback_does_is_a_part_of_it()
    {
        using var probe = new SpanProbe();
        var before = Activity.Current;
        var handler = new ScriptedHandler
        {
            Call = async (_, call, state, _) =>
            {
                using (probe.Application.StartActivity("immediately"))
                {
                }

                await Task.Yield();
                using (probe.Application.StartActivity("later"))
                {
                }

                call.Reply("");
                return LateResult.Ok(state);
            },
            Info = (_, state, _) =>
            {
                using var span = probe.Application.StartActivity("after");
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        using (var caller = probe.Application.StartActivity("caller"))
        {
            await host.Client.CallAsync(new Ask("a"), Token);
            Assert.Same(caller, Activity.Current);
        }

        await host.Client.PostAsync(new Note("a"), Token);
        await host.Client.CallAsync(new Ask("b"), Token);

        var call = probe.Ended.First(static span => span.OperationName == "call Ask");
        Assert.Equal((ActivityKind.Client, probe.Single("caller").SpanId, ActivityStatusCode.Unset), (call.Kind, call.ParentSpanId, call.Status));
        Assert.Equal("late.connection.name=Forwarding late.request.type=Ask late.call.outcome=replied", SpanProbe.Tags(call));
        Assert.Equal("late.call.taken", Assert.Single(call.Events).Name);
        Assert.Equal(["immediately", "later"], probe.Ended.Where(span => span.ParentSpanId == call.SpanId).Select(static span => span.OperationName));
        Assert.Null(probe.Single("after").ParentId);
        Assert.Same(before, Activity.Current);
    }

    [Fact]
    public async Task Where_calls_are_not_traced_what_the_callback_does_is_a_part_of_the_caller()
    {
        using var probe = new SpanProbe(listensToConnections: false);
        var handler = new ScriptedHandler
        {
            Call = (_, call, state, _) =>
            {
                // Ended before the reply, with which its caller continues.
                using (probe.Application.StartActivity("callback"))
                {
                }

                call.Reply("");
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        using (probe.Application.StartActivity("caller"))
        {
            await host.Client.CallAsync(new Ask("a"), Token);
        }

        Assert.Equal(probe.Single("caller").SpanId, probe.Single("callback").ParentSpanId);
    }

    [Fact]
    public async Task A_call_that_fails_reports_how_and_whether_it_was_delivered()
    {
        using var probe = new SpanProbe();
        var handler = new ScriptedHandler { Call = (_, _, _, _) => throw new FormatException("secret") };
        await using var host = new TestHost(handler);
        var unready = host.Client.CallAsync(new Ask("a"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token);
        await Assert.ThrowsAsync<LateDisconnectedException>(() => unready);
        await host.ReadyAsync();
        await Assert.ThrowsAsync<FormatException>(() => host.Client.CallAsync(new Ask("a"), Token));

        const string Common = "late.connection.name=Forwarding late.request.type=Ask late.call.outcome=";
        var spans = probe.Ended.Where(static span => span.OperationName == "call Ask").ToArray();
        Assert.Equal(
            [
                $"{Common}disconnected late.call.delivery=not_delivered error.type=disconnected",
                $"{Common}failed late.call.delivery=unknown error.type=System.FormatException",
            ],
            spans.Select(SpanProbe.Tags));
        Assert.All(spans, static span => Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Messages_have_spans_only_by_choice(bool traceFrames, bool later)
    {
        using var probe = new SpanProbe();
        var handler = new ScriptedHandler
        {
            In = async (frame, state, _) =>
            {
                if (later)
                {
                    await Task.Yield();
                }

                using var span = probe.Application.StartActivity("callback");
                return frame.GetText() == "bad" ? throw new FormatException() : LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, options => options.TraceFrames = traceFrames);
        var socket = await host.ReadyAsync();
        socket.Send("a", "bad");
        await host.Handler.SkipToAsync("In bad");
        await host.Client.CallAsync(new Ask("a"), Token);

        var frames = probe.Ended.Where(static span => span.OperationName == "HandleIn Forwarding").ToArray();
        var callbacks = probe.Ended.Where(static span => span.OperationName == "callback");
        const string Common = "late.connection.name=Forwarding late.session.number=1 late.frame.kind=text late.frame.size=";
        Assert.Equal(traceFrames ? [$"{Common}1", $"{Common}3 error.type=System.FormatException"] : [], frames.Select(SpanProbe.Tags));
        Assert.Equal(
            traceFrames ? frames.Select(static span => span.SpanId) : [default, default],
            callbacks.Select(static span => span.ParentSpanId));
        Assert.All(frames, static span => Assert.Null(span.ParentId));
    }

    [Fact]
    public async Task Without_a_listener_nothing_is_made_and_no_clock_is_read()
    {
        await using var host = new TestHost();
        var telemetry = new ConnectionTelemetry("Test", new ConnectionMetrics(null), new ObservedTime());

        Assert.Null(telemetry.WatchCall<Ask>());
        Assert.Null(telemetry.StartSessionEvent("HandleConnect", null, default, isPartOfAttempt: true));
        Assert.Equal(0, telemetry.BeginCallback());
        Assert.Equal(default, telemetry.BeginAttempt(1, life: 1).Context);
    }
}
