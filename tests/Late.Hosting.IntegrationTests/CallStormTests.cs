using System.Globalization;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

/// <summary>Callers and a server that spoil calls on a real socket: cancellations all together, and in the moment of replies that come twice or for nothing.</summary>
public sealed class CallStormTests
{
    private const int Slots = 3;
    private const int Callers = 8;
    private const int CallsOfCaller = 250;
    private const int Canceled = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_of_a_reply_and_a_cancellation_in_one_moment_one_ends_the_call_and_no_slot_is_lost()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, static options => options.MaxConcurrentCalls = Slots);
        var peer = await app.StartAsync(server);
        var serving = AnswerAsync(peer);
        var canceled = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(app.Client, caller), Token)));
        Assert.InRange(canceled.Sum(), 1, Callers * CallsOfCaller - 1);

        // The server answers the last when it has all of them: as many slots are free.
        var last = Enumerable.Range(0, Slots).Select(_ => app.Client.CallAsync(new Ask("last"), Token));
        Assert.All(await Task.WhenAll(last), static reply => Assert.Equal("last", reply));
        Assert.Equal(0, app.Script.Pending.Count);
        await app.StopAsync();
        await serving;
    }

    [BoundedTheory]
    [InlineData(null)]
    [InlineData(1)]
    public async Task P5_P19_of_10000_callers_that_cancel_together_each_is_released_and_the_handler_is_notified_of_each_call_that_it_has(int? maxConcurrentCalls)
    {
        var (pending, ends) = (new LatePendingCalls(), new List<(int Number, LateCallEndReason Reason, int Id)>());
        await using var server = await TestServer.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(pending).AddSingleton(ends);
        builder.Services.AddLateConnection<OcppHandler>(options =>
        {
            RealTime.Apply(options);
            (options.Uri, options.MaxConcurrentCalls, options.QueueTimeout) = (server.Uri, maxConcurrentCalls, RealTime.Endless);
        });
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<OcppHandler>>();
        var peer = await server.AcceptAsync();
        using var callers = new CancellationTokenSource();
        var calls = Enumerable.Range(0, Canceled).Select(i => client.CallAsync(new Charge(i), callers.Token)).ToArray();
        var received = new List<string[]>();
        while (received.Count < (maxConcurrentCalls ?? Canceled))
        {
            received.Add((await peer.ReceiveAsync())!.Split(' '));
        }

        await callers.CancelAsync();
        await ((Task)Task.WhenAll(calls)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.All(calls, static call => Assert.True(call.IsCanceled));

        // The server's answer to a canceled call releases its slot.
        await peer.SendAsync(received[0][0]);
        var next = client.CallAsync(new Charge(Canceled), Token);
        var words = (await peer.ReceiveAsync())!.Split(' ');
        await peer.SendAsync(words[0]);
        Assert.Equal(("yes", Canceled.ToString(CultureInfo.InvariantCulture)), (await next, words[1]));
        Assert.Equal(0, pending.Count);
        Assert.Equal(received.Select(static call => int.Parse(call[1], CultureInfo.InvariantCulture)), ends.Select(static end => end.Number).Order());
        Assert.All(ends, static end => Assert.Equal(LateCallEndReason.Canceled, end.Reason));

        var stopping = host.StopAsync(Token);
        await peer.AnswerCloseAsync();
        await stopping;
    }

    // Every answer comes twice, and one comes to no question.
    private static async Task AnswerAsync(TestPeer peer)
    {
        var last = new List<string>();
        while (await peer.ReceiveAsync() is { } question)
        {
            if (!question.EndsWith("last", StringComparison.Ordinal))
            {
                await peer.SendAsync(question);
                await peer.SendAsync(question);
                await peer.SendAsync("2000000000 nothing");
                continue;
            }

            last.Add(question);
            foreach (var answer in last.Count == Slots ? last : [])
            {
                await peer.SendAsync(answer);
            }
        }

        await peer.AnswerAsync();
    }

    private static async Task<int> CallAsync(ILateClient<ScriptedHandler> client, int caller)
    {
        var (random, canceled) = (new Random(caller), 0);
        for (var i = 0; i < CallsOfCaller; i++)
        {
            using var source = new CancellationTokenSource();
            var call = client.CallAsync(new Ask($"{caller}-{i}"), source.Token);
            if (random.Next(2) == 0)
            {
                for (var yields = random.Next(4); yields > 0; yields--)
                {
                    await Task.Yield();
                }

                await source.CancelAsync();
            }

            try
            {
                Assert.Equal($"{caller}-{i}", await call);
            }
            catch (OperationCanceledException) when (source.IsCancellationRequested)
            {
                canceled++;
            }
        }

        return canceled;
    }
}
