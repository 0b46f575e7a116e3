using System.Diagnostics.Metrics;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Late.Hosting.Tests.Connection.Calls.CallEndTests;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Promise P19 in a session that drains: it closes after the handler has learned of the end of its last call.</summary>
public sealed class CallEndDrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P19_a_session_that_drains_runs_the_end_of_its_last_call_before_it_closes()
    {
        const int Entries = 5000;

        // The session has many entries without a caller, which end: the runner looks again and again, and long, whether it has something to do, in most
        // rounds also in the moment in which the call ends.
        for (var round = 0; round < 30; round++)
        {
            var (handler, _) = Keeping();
            var (entries, context) = (new LatePendingCalls(), (LateContext?)null);
            handler.Init = (init, _) =>
            {
                context = init;
                return new(0);
            };
            handler.Connect = (state, _) =>
            {
                for (var i = 0; i < Entries; i++)
                {
                    entries.Add(context!);
                }

                return LateResult.Ok(state);
            };
            await using var host = new TestHost(handler);
            var socket = await host.ReadyAsync();
            var options = new LateCallOptions { Timeout = TimeSpan.FromSeconds(1) };
            var call = host.Client.CallAsync(new Watched("a"), options, Token);
            await socket.SentAsync();
            await host.Client.ReconnectAsync(new LateReconnect { FinishCalls = true }, Token);
            var ending = Task.Run(() => entries.FailAll(new InvalidOperationException()), Token);
            SpinWait.SpinUntil(() => entries.Count < Entries);
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
            await ending;

            await AssertClosedAfterAsync("end 1 of a: TimedOut", socket);
        }
    }

    [Fact]
    public async Task P19_a_session_that_drains_does_not_close_while_the_end_of_its_last_call_is_on_its_way_to_the_handler()
    {
        var (handler, _) = Keeping();
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();

        // The end of a call is measured before its handler is notified. Meanwhile the session is asked to drain, and handles what it receives.
        var wasOpen = false;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == LateTelemetry.CallDuration && instrument.Meter.Scope == host.Services.GetRequiredService<IMeterFactory>())
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) =>
        {
            var closed = Task.Run(async () =>
            {
                await host.Client.ReconnectAsync(new LateReconnect { FinishCalls = true }, Token);
                for (var i = 0; i < 4; i++)
                {
                    socket.Send($"x {i}");
                    if (await Task.WhenAny(handler.SkipToAsync($"In x {i}"), socket.Closed) == socket.Closed)
                    {
                        return true;
                    }
                }

                return false;
            });
            wasOpen = !closed.GetAwaiter().GetResult();
        });
        listener.Start();
        var call = host.Client.CallAsync(new Watched("a"), Token);
        await socket.SentAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);

        Assert.True(wasOpen);
        await AssertClosedAfterAsync("end 1 of a: TimedOut", socket);
    }

    private static async Task AssertClosedAfterAsync(string frame, FakeSocket socket)
    {
        await socket.Closed;
        Assert.True(socket.TrySent(out var sent));
        Assert.Equal(frame, sent);
    }
}
