using System.Collections.Concurrent;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promises P1, P5 and P6 under a storm of disconnects.</summary>
public sealed class StormTests
{
    private const int Calls = 10_000;
    private const int Callers = 20;
    private const int Disconnects = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_and_P6_each_of_10000_calls_through_200_disconnects_ends_and_reports_what_is_known()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var storm = new StormServer(server, seed: 42, Disconnects);
        var serving = storm.RunAsync();
        await app.StartAsync();

        var outcomes = new ConcurrentDictionary<string, Exception?>();
        var next = -1;
        async Task CallAsync(int caller)
        {
            var random = new Random(caller);
            while (Interlocked.Increment(ref next) is var number && number < Calls)
            {
                outcomes.TryAdd($"{number}", await AskAsync(app.Client, $"{number}", random));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller), Token)));
        Assert.Equal(Calls, outcomes.Count);
        Assert.Equal(Disconnects, storm.Disconnects);
        Assert.Equal(0, app.Script.Pending.Count);
        await app.StopAsync();
        await serving;

        foreach (var (question, error) in outcomes)
        {
            switch (error)
            {
                case null:
                    Assert.True(storm.HasSeen(question));
                    break;
                case LateDisconnectedException { Delivery: LateDelivery.NotDelivered }:
                    Assert.False(storm.HasSeen(question), $"The server saw {question}, and its caller received: {error.Message}");
                    break;
                case LateDisconnectedException or OperationCanceledException:
                    break;
                default:
                    Assert.Fail($"{question} ended with {error}");
                    break;
            }
        }

        Assert.Equal(0, app.Life.Overlaps);
        Assert.Equal(Disconnects + 1, app.Life.All.Count(line => line == "Connect"));
        Assert.Equal(Disconnects + 1, app.Life.All.Count(line => line.StartsWith("Disconnect", StringComparison.Ordinal)));
        Assert.InRange(outcomes.Count(outcome => outcome.Value is null), Calls / 4, Calls);
        Assert.Contains(outcomes.Values, error => error is LateDisconnectedException { Delivery: LateDelivery.Unknown });
        Assert.Contains(outcomes.Values, error => error is LateDisconnectedException { Delivery: LateDelivery.NotDelivered });
        Assert.Contains(outcomes.Values, error => error is OperationCanceledException);
    }

    // Of twenty calls one would not wait for a session, and one is cancelled by its caller.
    private static async Task<Exception?> AskAsync(ILateClient<ScriptedHandler> client, string question, Random random)
    {
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var kind = random.Next(20);
        var options = new LateCallOptions { WhenNotReady = kind == 0 ? LateWhenNotReady.Fail : LateWhenNotReady.Wait };
        try
        {
            var call = client.CallAsync(new Ask(question), options, caller.Token);
            if (kind == 1)
            {
                await Task.Yield();
                await caller.CancelAsync();
            }

            Assert.Equal(question, await call);
            return null;
        }
        catch (Exception exception) when (exception is LateException or OperationCanceledException or TimeoutException)
        {
            return exception;
        }
    }
}
