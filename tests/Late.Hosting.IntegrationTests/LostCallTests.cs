using System.Collections.Concurrent;
using System.Globalization;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary><see cref="LateCallOptions.WhenLost"/> under a storm of disconnects.</summary>
public sealed class LostCallTests
{
    private const int Calls = 10_000;
    private const int Callers = 10;
    private const int Concurrent = 2;
    private const int Disconnects = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory]
    [InlineData(null)]
    [InlineData(3)]
    public async Task P5_and_P6_of_10000_calls_through_200_disconnects_none_is_lost_before_the_handler_has_it_none_comes_twice_and_their_order_is_kept(int? maxConcurrentCalls)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options =>
            (options.MailboxCapacity, options.MaxConcurrentCalls, options.QueueTimeout) = (Callers * Concurrent / 2, maxConcurrentCalls, RealTime.Endless));
        var storm = new StormServer(server, seed: 7, Disconnects);
        var serving = storm.RunAsync();
        await app.StartAsync();

        var (outcomes, line) = (new ConcurrentDictionary<string, Exception?>(), new Line());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(app.Client, line, new Random(caller), outcomes), Token)));
        await app.StopAsync();
        await serving;

        Assert.Equal((Calls, Disconnects, 0), (outcomes.Count, storm.Disconnects, app.Script.Pending.Count));

        // In the order in which all callers have made them: one that returns to the queue does so before those that have waited behind it.
        var seen = storm.Questions.Select(static question => int.Parse(question, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(seen.Distinct().Order(), seen);

        foreach (var (question, error) in outcomes)
        {
            Assert.True(error is null or LateDisconnectedException { Delivery: LateDelivery.Unknown } or OperationCanceledException, $"{question} ended with {error}");
            Assert.True(error is not null || storm.HasSeen(question));
        }

        Assert.InRange(outcomes.Count(static outcome => outcome.Value is null), Calls / 4, Calls);
        Assert.Contains(outcomes.Values, static error => error is OperationCanceledException);
    }

    private static async Task CallAsync(ILateClient<ScriptedHandler> client, Line line, Random random, ConcurrentDictionary<string, Exception?> outcomes)
    {
        var calls = new Queue<Task>();
        for (var i = 0; i < Calls / Callers; i++)
        {
            calls.Enqueue(AskAsync(random.Next(20) == 0));
            if (calls.Count == Concurrent)
            {
                await calls.Dequeue();
            }
        }

        await Task.WhenAll(calls);

        async Task AskAsync(bool isCanceled)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var (question, call) = line.Next(question => client.CallAsync(new Ask(question), new LateCallOptions { WhenLost = LateWhenLost.Wait }, source.Token));
            try
            {
                if (isCanceled)
                {
                    await Task.Yield();
                    await source.CancelAsync();
                }

                Assert.Equal(question, await call);
                outcomes.TryAdd(question, null);
            }
            catch (Exception exception) when (exception is LateException or OperationCanceledException or TimeoutException)
            {
                outcomes.TryAdd(question, exception);
            }
        }
    }

    /// <summary>Numbers the calls of all callers in the order in which they are made.</summary>
    private sealed class Line
    {
        private readonly Lock _gate = new();
        private int _last;

        public (string Question, Task<string> Call) Next(Func<string, Task<string>> call)
        {
            lock (_gate)
            {
                var question = (++_last).ToString(CultureInfo.InvariantCulture);
                return (question, call(question));
            }
        }
    }
}
