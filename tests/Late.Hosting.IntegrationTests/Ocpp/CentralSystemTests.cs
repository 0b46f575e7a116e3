using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests.Ocpp;

/// <summary>OCPP with a server of another library: one call of the station at a time, calls both ways, some without an answer, and drops.</summary>
public sealed class CentralSystemTests(CentralSystem central) : IClassFixture<CentralSystem>
{
    private const int Calls = 50;
    private const int Reset = 9;
    private const int ResetUnanswered = 20;
    private const int DroppedByServer = 31;
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P5_P6_one_call_is_outstanding_at_a_time_through_three_drops_and_each_ends_as_the_server_answers_it()
    {
        central.Need();
        var (clock, pending) = (new TestClock(), new LatePendingCalls());
        await using var proxy = new FaultProxy(central.Uri);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton(pending);
        builder.Services.AddLateConnection<StationHandler>(options =>
        {
            options.Uri = proxy.Uri;
            options.SubProtocols.Add("ocpp1.6");
            (options.MaxConcurrentCalls, options.KeepAliveInterval) = (1, TimeSpan.FromHours(1));
        });
        using var host = builder.Build();
        var client = host.Services.GetRequiredService<ILateClient<StationHandler>>();
        await host.StartAsync(Token);
        var calls = Enumerable.Range(0, Calls).Select(i => Call(client, i)).ToArray();
        var link = await BootAsync(client, proxy);

        var unanswered = 0;
        for (var i = 0; i < Calls; i++)
        {
            Assert.Equal(i % 2 == 0 ? $"StatusNotification {i}" : "Heartbeat", await central.ReadAsync());
            await AllSentAsync(client);
            if (i % 5 == 0)
            {
                Assert.Equal($"started {i}: Accepted", await central.StartTransactionAsync(i));
            }

            if (i is Reset or ResetUnanswered or DroppedByServer)
            {
                await DropAsync(link, i);
                Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateDisconnectedException>(() => calls[i])).Delivery);
                link = await BootAsync(client, proxy);
            }
            else if (IsUnanswered(i))
            {
                await central.LeaveAsync();
                clock.Advance(CallTimeout);
                Assert.Equal(LateDelivery.Unknown, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => calls[i])).Delivery);
                unanswered++;
            }
            else
            {
                await central.AnswerAsync();
                await calls[i];
            }
        }

        Assert.Equal("most 1", await central.MostAsync());
        Assert.Equal(0, pending.Count);
        Assert.Equal(Enumerable.Range(0, Calls).Count(IsUnanswered) - 1, unanswered);
        await host.StopAsync(Token);
    }

    private static bool IsUnanswered(int i) => i % 7 == 6;

    private static Task Call(ILateClient<StationHandler> client, int i) =>
        i % 2 == 0 ? client.CallAsync(new StatusNotification(i), Token) : client.CallAsync(new Heartbeat(), Token);

    // The server handles frames in their order: what the station sent before its ping has been counted.
    private static async Task AllSentAsync(ILateClient<StationHandler> client) => await client.PingAsync(Token);

    private async Task<FaultLink> BootAsync(ILateClient<StationHandler> client, FaultProxy proxy)
    {
        var link = await proxy.LinkAsync();
        Assert.Equal("BootNotification", await central.ReadAsync());
        await AllSentAsync(client);
        await central.AnswerAsync();
        return link;
    }

    private async Task DropAsync(FaultLink link, int i)
    {
        if (i == DroppedByServer)
        {
            await central.DropAsync();
        }
        else
        {
            link.Reset();
        }
    }
}
