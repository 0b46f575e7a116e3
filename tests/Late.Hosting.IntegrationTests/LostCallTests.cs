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

    [BoundedFact]
    public async Task P5_and_P6_of_10000_calls_through_200_disconnects_none_is_lost_before_the_handler_has_it_none_comes_twice_and_their_order_is_kept()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, static options => options.MailboxCapacity = Callers * Concurrent / 2);
        var storm = new StormServer(server, seed: 7, Disconnects);
        var serving = storm.RunAsync();
        await app.StartAsync();

        var outcomes = new ConcurrentDictionary<string, Exception?>();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(app.Client, caller, outcomes), Token)));
        await app.StopAsync();
        await serving;

        Assert.Equal((Calls, Disconnects, 0), (outcomes.Count, storm.Disconnects, app.Script.Pending.Count));
        var seen = storm.Questions.Select(static question => question.Split('-')).ToArray();
        Assert.Equal(seen.Length, storm.Questions.Distinct().Count());
        foreach (var ofCaller in seen.GroupBy(static words => words[0], static words => int.Parse(words[1], CultureInfo.InvariantCulture)))
        {
            Assert.Equal(ofCaller.Order(), ofCaller);
        }

        foreach (var (question, error) in outcomes)
        {
            Assert.True(error is null or LateDisconnectedException { Delivery: LateDelivery.Unknown } or OperationCanceledException, $"{question} ended with {error}");
            Assert.True(error is not null || storm.HasSeen(question));
        }

        Assert.InRange(outcomes.Count(static outcome => outcome.Value is null), Calls / 4, Calls);
        Assert.Contains(outcomes.Values, static error => error is OperationCanceledException);
    }

    private static async Task CallAsync(ILateClient<ScriptedHandler> client, int caller, ConcurrentDictionary<string, Exception?> outcomes)
    {
        var random = new Random(caller);
        var calls = new Queue<Task>();
        for (var i = 0; i < Calls / Callers; i++)
        {
            calls.Enqueue(AskAsync($"{caller}-{i}", random.Next(20) == 0));
            if (calls.Count == Concurrent)
            {
                await calls.Dequeue();
            }
        }

        await Task.WhenAll(calls);

        async Task AskAsync(string question, bool isCanceled)
        {
            using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            try
            {
                var call = client.CallAsync(new Ask(question), new LateCallOptions { WhenLost = LateWhenLost.Wait }, source.Token);
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
}
