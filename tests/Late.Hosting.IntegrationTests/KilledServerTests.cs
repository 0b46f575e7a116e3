using System.Collections.Concurrent;
using Late.Hosting.EchoServer;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promises P5 and P6 where a server process is killed under its calls, and restarted.</summary>
public sealed class KilledServerTests
{
    private const int Callers = 1000;
    private const int Kills = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_and_P6_SIGKILL_under_1000_calls_ends_each_and_NotDelivered_is_never_reported_of_one_that_the_server_saw()
    {
        var outcomes = new ConcurrentDictionary<string, Exception?>();
        var seen = new HashSet<string>();
        var server = await ServerProcess.StartAsync();

        // Each server has a port of its own: another process may have that of the last one by now.
        await using var app = new TestApp(null, configure: connection => connection.ConfigureHandshake((handshake, _) =>
        {
            handshake.Uri = new Uri($"ws://127.0.0.1:{Volatile.Read(ref server).Port}/?record=1");
            return default;
        }));
        await app.StartAsync();
        await app.Client.WaitForReadyAsync(Token);

        var ended = false;
        var callers = Enumerable.Range(0, Callers).Select(async caller =>
        {
            for (var number = 0; !Volatile.Read(ref ended); number++)
            {
                var question = $"{caller}-{number}";
                outcomes[question] = await AskAsync(app.Client, question, LateWhenNotReady.Wait);
            }
        }).ToArray();
        for (var kill = 0; kill < Kills; kill++)
        {
            // Every caller has a call in progress when the server has seen so many.
            await ReadAsync(server, seen, 3 * Callers);
            server.Kill();
            await ReadAsync(server, seen, int.MaxValue);
            await server.DisposeAsync();
            await app.ReachAsync(LateConnectionState.Reconnecting);
            outcomes[$"refused {kill}"] = await AskAsync(app.Client, $"refused {kill}", LateWhenNotReady.Fail);
            Volatile.Write(ref server, await ServerProcess.StartAsync());
            await app.Client.WaitForReadyAsync(Token);
        }

        Volatile.Write(ref ended, true);
        var reading = ReadAsync(server, seen, int.MaxValue);
        await Task.WhenAll(callers);
        Assert.Equal("after", await app.Client.CallAsync(new Ask("after"), Token));
        await app.StopAsync();
        await server.DisposeAsync();
        await reading;

        Assert.Equal(0, app.Script.Pending.Count);
        foreach (var (question, error) in outcomes)
        {
            switch (error)
            {
                case null:
                    Assert.Contains(question, seen);
                    break;
                case LateDisconnectedException { Delivery: LateDelivery.NotDelivered }:
                    Assert.DoesNotContain(question, seen);
                    break;
                default:
                    Assert.Equal(LateDelivery.Unknown, Assert.IsType<LateDisconnectedException>(error).Delivery);
                    break;
            }
        }

        Assert.Contains(outcomes, outcome => outcome is { Key: "refused 0", Value: LateDisconnectedException { Delivery: LateDelivery.NotDelivered } });
        Assert.Contains(outcomes.Values, error => error is LateDisconnectedException { Delivery: LateDelivery.Unknown });
        Assert.Equal(Kills + 1, app.Life.All.Count(line => line == "Connect"));
    }

    private static async Task<Exception?> AskAsync(ILateClient<ScriptedHandler> client, string question, LateWhenNotReady whenNotReady)
    {
        try
        {
            Assert.Equal(question, await client.CallAsync(new Ask(question), new LateCallOptions { WhenNotReady = whenNotReady }, Token));
            return null;
        }
        catch (LateException exception)
        {
            return exception;
        }
    }

    /// <summary>Reads what the server has seen: so many, or all until its process has ended.</summary>
    private static async Task ReadAsync(ServerProcess server, HashSet<string> seen, int count)
    {
        while (count-- > 0 && await server.Records.ReadLineAsync(Token) is { } record)
        {
            seen.Add(record.Split(' ', 2)[1]);
        }
    }
}
