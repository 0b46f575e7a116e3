using Late.Hosting.Connection.Reconnecting;
using Late.Hosting.Testing;
using Late.Hosting.Tests.Connection.Calls.Load;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>
/// The limits of calls on the kit's clock, by a seed: bursts of calls, replies early, late and twice, cancellations, drops, and reloads that raise,
/// lower, set and remove the limits.
/// </summary>
public sealed class CallLimitLoadTests
{
    private const int Steps = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_calls_are_outstanding_than_the_limits_allow_when_one_begins_each_ends_and_no_slot_is_lost()
    {
        var (ends, lowered) = (new List<string>(), 0);
        for (var seed = 1; seed <= 10; seed++)
        {
            var model = new LoadModel();
            await RunAsync(model, new Random(seed));
            ends.AddRange(await model.EndAsync());
            lowered += model.Lowered;
        }

        // Without some of each it would show less.
        var counts = ends.CountBy(static end => end).ToDictionary();
        Assert.Equal(["canceled", "lost", "replied", "timed out NotDelivered", "timed out Unknown"], counts.Keys.Order(StringComparer.Ordinal));
        Assert.All(counts.Values, static count => Assert.InRange(count, 20, int.MaxValue));
        Assert.InRange(lowered, 20, int.MaxValue);
    }

    private static async Task RunAsync(LoadModel model, Random random)
    {
        var (peer, pending) = (new LateTestPeer(), new LatePendingCalls());
        peer.OnAttempt(attempt => attempt.Accept().OnMessage(frame => model.Receive(frame.GetText(), peer.Clock.GetUtcNow())));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var settings = new LoadSettings();
        settings.Apply(model.Limits);
        ((IConfigurationBuilder)builder.Configuration).Add(settings);
        builder.Services.AddSingleton<Randomizer>(random.NextDouble).AddSingleton(pending).AddLateTestPeer<LoadHandler>(peer);
        builder.Services.AddLateConnection<LoadHandler>(static options =>
        {
            options.KeepAliveInterval = TimeSpan.FromHours(1);
            options.Reconnect.BaseDelay = options.Reconnect.MaxDelay = TimeSpan.FromMilliseconds(200);
        });
        using var host = builder.Build();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ILateClient<LoadHandler>>();
        for (var step = 0; step < Steps; step++)
        {
            await peer.AdvanceAsync(TimeSpan.FromMilliseconds(random.Next(4) == 0 ? random.Next(3000) : 0));
            model.Check(client.State == LateConnectionState.Ready, peer.Clock.GetUtcNow());
            await ActAsync(model, client, peer, settings, random);
        }

        await peer.AdvanceAsync(TimeSpan.FromMinutes(2));
        model.Check(client.State == LateConnectionState.Ready, peer.Clock.GetUtcNow());
        Assert.Equal(0, pending.Count);
        await host.StopAsync(Token);
        foreach (var call in model.All)
        {
            call.Dispose();
        }
    }

    private static async Task ActAsync(LoadModel model, ILateClient<LoadHandler> client, LateTestPeer peer, LoadSettings settings, Random random)
    {
        var now = peer.Clock.GetUtcNow();
        switch (random.Next(12))
        {
            case < 4:
                var burst = Enumerable.Range(0, random.Next(1, 5)).Select(_ => model.Begin(random.Next(2) == 0 ? nameof(Charge) : nameof(Meter), now)).ToArray();
                Array.ForEach(burst, call => Call(call, client));
                break;
            case < 8 when client.State == LateConnectionState.Ready && Any(model.Outstanding(now), random) is { } answered:
                answered.IsAnswered = true;
                peer.Session.Send($"{answered.Id} {answered.Number}");
                break;
            case 8 when Any([.. model.All.Where(call => call.IsWaiting(now) || (call.IsOutstanding(now) && call.CanceledAt is null))], random) is { } canceled:
                canceled.CanceledAt = now;
                await canceled.Caller.CancelAsync();
                break;
            case 9 when client.State == LateConnectionState.Ready && Any([.. model.All.Where(call => call.Id is not null && !call.IsOutstanding(now))], random) is { } over:
                // Twice, or too late, or in another session.
                peer.Session.Send($"{over.Id} {over.Number}");
                break;
            case 10 when client.State == LateConnectionState.Ready && random.Next(3) == 0:
                model.Drop(now);
                peer.Session.Drop();
                break;
            case 11:
                Reload(model, settings, random, now);
                break;
        }
    }

    private static LoadedCall? Any(LoadedCall[] calls, Random random) => calls.Length == 0 ? null : calls[random.Next(calls.Length)];

    private static void Call(LoadedCall call, ILateClient<LoadHandler> client) => call.Task = call.Request == nameof(Charge)
        ? client.CallAsync(new Charge(call.Number), call.Caller.Token)
        : client.CallAsync(new Meter(call.Number), call.Caller.Token);

    private static void Reload(LoadModel model, LoadSettings settings, Random random, DateTimeOffset now)
    {
        var limits = new LoadLimits(Limit(random), Limit(random), TimeSpan.FromSeconds(random.Next(1, 30)));
        model.Change(limits, now);
        settings.Apply(limits);
    }

    private static int? Limit(Random random) => random.Next(3) == 0 ? null : random.Next(1, 5);
}
