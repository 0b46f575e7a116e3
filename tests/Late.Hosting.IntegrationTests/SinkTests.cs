using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Loggers and listeners that fail or take their time change nothing for the connection that they watch.</summary>
public sealed class SinkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData("Connecting")]
    [InlineData("Connected")]
    [InlineData("Ready")]
    [InlineData("SessionLost")]
    [InlineData("AttemptFailed")]
    [InlineData("Waiting")]
    [InlineData("SessionEnded")]
    [InlineData("Stopped")]
    [InlineData("")]
    public async Task A_logger_that_throws_does_not_fault_the_connection_or_its_stop(string eventName)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        app.Logs.Writing = entry =>
        {
            // Ours, and Polly's; the host's own lines are the host's.
            if (entry.Category is "Late.Hosting" or "Polly" && (eventName.Length == 0 || entry.Event.Name == eventName))
            {
                throw new InvalidOperationException("The sink is broken.");
            }
        };
        await app.StartAsync();
        (await server.ConnectionAsync()).Dispose();
        var first = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        first.Dispose();
        using var second = await server.AcceptAsync();
        await app.Life.SkipToAsync("Disconnect ConnectionLost");
        await app.Life.SkipToAsync("Connect");
        await app.Client.WaitForReadyAsync(Token);
        var stopping = app.StopAsync();
        await second.ReadCloseAsync();
        second.Dispose();

        await stopping;
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        await app.Life.SkipToAsync("Terminate HostStopping");
    }

    [BoundedFact] // The line that logs ready is being written: the end of the session does not wait for it, and the end is logged after it.
    public async Task A_sink_that_blocks_at_ready_blocks_no_reconnect_and_the_end_is_logged_after_it()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri);
        using var resume = new ManualResetEventSlim();
        app.Logs.Writing = entry =>
        {
            if (entry.Event.Name == "Ready")
            {
                resume.Wait(Token);
            }
        };
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        await app.Client.ReconnectAsync("test", Token);
        Assert.Equal(LateConnectionState.Reconnecting, app.Client.State);
        Assert.Empty(app.Logs.Of("SessionEnded"));
        resume.Set();

        await peer.ReadCloseAsync();
        peer.Dispose();
        await app.Logs.NextAsync("Ready");
        await app.Logs.NextAsync("SessionEnded");
    }

    [BoundedTheory] // P9: a stop ends although a thread of the connection hangs in a log sink.
    [InlineData("Connecting")]
    [InlineData("Connected")]
    [InlineData("Ready")]
    [InlineData("AttemptFailed")]
    [InlineData("Waiting")]
    [InlineData("SessionEnded")]
    [InlineData("Stopped")]
    public async Task P9_a_sink_that_blocks_does_not_keep_a_stop_from_its_end(string eventName)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, static options => options.CloseTimeout = TimeSpan.FromMilliseconds(100));
        using var resume = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Logs.Writing = entry =>
        {
            if (entry.Category == "Late.Hosting" && entry.Event.Name == eventName)
            {
                blocked.TrySetResult();
                resume.Wait(Token);
            }
        };
        await app.StartAsync();
        if (eventName is "AttemptFailed" or "Waiting")
        {
            (await server.ConnectionAsync()).Dispose();
        }
        else if (eventName is not "Connecting")
        {
            await server.AcceptAsync();
        }

        if (eventName is not ("SessionEnded" or "Stopped"))
        {
            await blocked.Task;
        }

        await app.StopAsync();
        resume.Set();
    }

    [BoundedFact] // P9: the same for a callback that blocks its thread.
    public async Task P9_a_HandleTerminate_that_blocks_does_not_keep_a_stop_from_its_end()
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, static options => options.CloseTimeout = TimeSpan.FromMilliseconds(100));
        using var resume = new ManualResetEventSlim();
        app.Script.Terminate = (_, _, _) =>
        {
            resume.Wait(Token);
            return default;
        };
        await app.StartAsync();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);

        await app.StopAsync();
        resume.Set();
    }

    [BoundedFact]
    public async Task Listeners_of_metrics_and_spans_that_throw_change_nothing_for_the_connection()
    {
        // Listeners are the process's: these throw for what flows from this test alone.
        var isOwn = new AsyncLocal<bool> { Value = true };
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name is LateTelemetry.MeterName or "Polly")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<int>((_, _, _, _) => Throw(isOwn));
        meters.SetMeasurementEventCallback<long>((_, _, _, _) => Throw(isOwn));
        meters.SetMeasurementEventCallback<double>((_, _, _, _) => Throw(isOwn));
        meters.Start();
        using var spans = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LateTelemetry.ActivitySourceName,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = span => Throw(isOwn, span.OperationName.StartsWith("HandleConnect", StringComparison.Ordinal)),
            ActivityStopped = _ => Throw(isOwn),
        };
        ActivitySource.AddActivityListener(spans);
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, options => options.TraceFrames = true);
        await app.StartAsync();
        (await server.ConnectionAsync()).Dispose();
        using var peer = await server.AcceptAsync();
        await app.Client.WaitForReadyAsync(Token);
        var ping = app.Client.PingAsync(Token);
        await peer.WriteAsync(RawPeer.Frame(RawPeer.Pong, (await peer.ReadFrameAsync()).Payload));
        await ping;
        var call = app.Client.CallAsync(new Ask("price"), Token);
        await peer.WriteAsync(RawPeer.TextFrame(Encoding.UTF8.GetString((await peer.ReadFrameAsync()).Payload)));
        Assert.Equal("price", await call);
        var stopping = app.StopAsync();
        await peer.ReadCloseAsync();
        peer.Dispose();

        await stopping;
        await app.Life.ExpectAsync("Init", "Connect", "Call price", "In 1 price", "Disconnect HostStopping", "Terminate HostStopping");
    }

    private static void Throw(AsyncLocal<bool> isOwn, bool isSo = true)
    {
        if (isOwn.Value && isSo)
        {
            throw new InvalidOperationException("The listener is broken.");
        }
    }
}
