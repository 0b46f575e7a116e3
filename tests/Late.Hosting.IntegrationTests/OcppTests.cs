using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

/// <summary>A protocol that allows one request at a time, on a real socket: some requests have no answer, some callers cancel.</summary>
public sealed class OcppTests
{
    private const int Calls = 100;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    // Each call that the server leaves unanswered takes five seconds: it is in progress when those behind it have waited for too long.
    private const int Last = 83;
    private static readonly TimeSpan QueueTimeout = TimeSpan.FromSeconds(52);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_P19_of_a_hundred_calls_one_is_outstanding_at_a_time_each_that_the_server_answers_is_replied_to_and_none_waits_longer_than_QueueTimeout()
    {
        var (clock, pending) = (new TestClock(), new LatePendingCalls());
        var seen = new List<(int Number, LateCallEndReason Reason, int Id)>();
        await using var server = await TestServer.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton(pending).AddSingleton(seen);
        builder.Services.AddLateConnection<OcppHandler>(options =>
        {
            options.Uri = server.Uri;
            (options.MaxConcurrentCalls, options.QueueTimeout, options.KeepAliveInterval) = (1, QueueTimeout, TimeSpan.FromHours(1));
        });
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<OcppHandler>>();
        var peer = await server.AcceptAsync();
        await client.WaitForReadyAsync(Token);

        var callers = Enumerable.Range(0, Calls).Select(static _ => new CancellationTokenSource()).ToArray();
        var calls = callers.Select((caller, i) => client.CallAsync(new Charge(i), caller.Token)).ToArray();
        foreach (var caller in callers.Where(static (_, i) => IsCanceledEarly(i)))
        {
            await caller.CancelAsync();
        }

        var began = clock.GetUtcNow();
        var ends = new List<(int Number, LateCallEndReason Reason)>();
        for (var i = 0; i <= Last; i++)
        {
            if (IsCanceledEarly(i))
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[i]);
                continue;
            }

            var words = (await peer.ReceiveAsync())!.Split(' ');
            Assert.Equal($"{i}", words[1]);
            if (IsUnanswered(i))
            {
                await NothingElseAsync(client, peer);
                var end = clock.GetUtcNow() + CallTimeout;
                if (i == Last)
                {
                    await EndWaitAsync(clock, began + QueueTimeout, calls.Where(static (_, call) => call > Last && !IsCanceledEarly(call)).ToArray());
                    Assert.False(calls[i].IsCompleted);
                }

                clock.Advance(end - clock.GetUtcNow());
                Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => calls[i])).Delivery);
                ends.Add((i, LateCallEndReason.TimedOut));
                continue;
            }

            if (i % 13 == 12)
            {
                await callers[i].CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[i]);
                ends.Add((i, LateCallEndReason.Canceled));
            }

            await NothingElseAsync(client, peer);
            await peer.SendAsync(words[0]);
            if (i % 13 != 12)
            {
                Assert.Equal("yes", await calls[i]);
            }
        }

        await NothingElseAsync(client, peer);
        Assert.All(calls, static call => Assert.True(call.IsCompleted));
        var stopping = host.StopAsync(Token);
        await peer.AnswerCloseAsync();
        await stopping;
        Assert.Equal(ends, seen.Select(static end => (end.Number, end.Reason)));
        Assert.All(seen, static end => Assert.NotEqual(0, end.Id));
        Assert.Equal(0, pending.Count);
        Array.ForEach(callers, static caller => caller.Dispose());
    }

    private static bool IsCanceledEarly(int i) => i % 11 == 10;

    private static bool IsUnanswered(int i) => i % 7 == 6;

    // A send passes what waits for a slot: where it comes next, nothing else was sent before it.
    private static async Task NothingElseAsync(ILateClient<OcppHandler> client, TestPeer peer)
    {
        await client.SendAsync(LateFrame.Text("mark"), Token);
        Assert.Equal("mark", await peer.ReceiveAsync());
    }

    // None of them has waited for too long a moment before, and all have then.
    private static async Task EndWaitAsync(TestClock clock, DateTimeOffset at, Task<string>[] calls)
    {
        clock.Advance(at - clock.GetUtcNow() - TimeSpan.FromTicks(1));
        Assert.DoesNotContain(calls, static call => call.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        foreach (var call in calls)
        {
            Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
        }
    }
}
