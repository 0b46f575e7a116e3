using System.Globalization;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>A protocol that allows one request at a time, on the simulated clock: some requests have no answer, some callers cancel.</summary>
public sealed class OcppTests
{
    private const int Calls = 100;
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);

    // Each call that the server leaves unanswered takes five seconds: it is in progress when those behind it have waited for too long.
    private const int Last = 83;
    private static readonly TimeSpan s_queueTimeout = TimeSpan.FromSeconds(52);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_P19_of_a_hundred_calls_one_is_outstanding_at_a_time_each_that_the_server_answers_is_replied_to_and_none_waits_longer_than_QueueTimeout()
    {
        var pending = new LatePendingCalls();
        var handler = new ScriptedHandler
        {
            Call = (request, call, state, _) => LateResult.Send(state, LateFrame.Text($"{pending.Add(call)} {request.Text}")),
            CallEnd = (end, state, _) => LateResult.Ok(state),
            In = (frame, state, _) =>
            {
                pending.Reply(int.Parse(frame.GetText(), CultureInfo.InvariantCulture), "yes");
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, static options =>
            (options.MaxConcurrentCalls, options.QueueTimeout, options.KeepAliveInterval) = (1, s_queueTimeout, TimeSpan.FromHours(1)));
        var socket = await host.ReadyAsync();
        var callers = Enumerable.Range(0, Calls).Select(static _ => new CancellationTokenSource()).ToArray();
        var calls = callers.Select((caller, i) => host.Client.CallAsync(new Watched($"{i}"), caller.Token)).ToArray();

        // Every eleventh caller cancels while its call waits, and every thirteenth while the server works on it.
        foreach (var caller in callers.Where(static (_, i) => IsCanceledEarly(i)))
        {
            await caller.CancelAsync();
        }

        var began = host.Time.GetUtcNow();
        for (var i = 0; i <= Last; i++)
        {
            if (IsCanceledEarly(i))
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[i]);
                continue;
            }

            // The next is sent, and no other before it is over at the server.
            var words = (await socket.SentAsync()).Split(' ');
            Assert.Equal($"{i}", words[1]);
            await NothingElseAsync(host, handler, socket);
            if (IsUnanswered(i))
            {
                var end = host.Time.GetUtcNow() + s_callTimeout;
                if (i == Last)
                {
                    await EndWaitAsync(host.Time, began + s_queueTimeout, calls.Where(static (_, call) => call > Last && !IsCanceledEarly(call)).ToArray());
                    Assert.False(calls[i].IsCompleted);
                }

                host.Time.Advance(end - host.Time.GetUtcNow());
                Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => calls[i])).Delivery);
                await handler.SkipToAsync($"CallEnd {i} TimedOut");
                continue;
            }

            if (i % 13 == 12)
            {
                await callers[i].CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[i]);
                await handler.SkipToAsync($"CallEnd {i} Canceled");
                Assert.False(socket.TrySent(out _));
                socket.Send(words[0]);
                continue;
            }

            socket.Send(words[0]);
            Assert.Equal("yes", await calls[i]);
        }

        await NothingElseAsync(host, handler, socket);
        Assert.Equal(0, pending.Count);
        Assert.All(calls, static call => Assert.True(call.IsCompleted));
        Array.ForEach(callers, static caller => caller.Dispose());
    }

    private static bool IsCanceledEarly(int i) => i % 11 == 10;

    private static bool IsUnanswered(int i) => i % 7 == 6;

    private static async Task NothingElseAsync(TestHost host, ScriptedHandler handler, FakeSocket socket)
    {
        await host.Client.PostAsync(new Note("after"), Token);
        await handler.SkipToAsync("Info after");
        Assert.False(socket.TrySent(out _));
    }

    // None of them has waited for too long a moment before, and all have then.
    private static async Task EndWaitAsync(ObservedTime time, DateTimeOffset at, Task<string>[] calls)
    {
        time.Advance(at - time.GetUtcNow() - TimeSpan.FromTicks(1));
        Assert.DoesNotContain(calls, static call => call.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        foreach (var call in calls)
        {
            Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
        }
    }
}
