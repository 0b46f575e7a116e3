using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>A connection that is used before the host has started it.</summary>
public sealed class NotStartedTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Waits => ["ready", "watch", "call", "post", "send"];

    [Theory] // The host waits for the service, which waits for the connection, which the host starts after the service.
    [MemberData(nameof(Waits))]
    public async Task A_service_registered_earlier_that_waits_in_its_start_is_warned_of(string what)
    {
        var logs = new FakeLogCollector();
        var time = new ObservedTime();
        using var host = Build(logs, time, what, concurrently: false);
        using var patience = new CancellationTokenSource();
        var starting = host.StartAsync(patience.Token);
        await time.TimerAsync(time.GetUtcNow() + TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(logs.GetSnapshot(), static record => record.Id.Name == "NotStarted");
        time.Advance(TimeSpan.FromSeconds(5));

        var record = Assert.Single(logs.GetSnapshot(), static record => record.Id.Name == "NotStarted");
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.StartsWith("Forwarding: a caller has waited 00:00:05 for this connection, which the host has not started.", record.Message, StringComparison.Ordinal);
        Assert.Contains("register the connection before the service", record.Message, StringComparison.Ordinal);
        await patience.CancelAsync();
        await Record.ExceptionAsync(() => starting);
    }

    [Fact] // Services that start concurrently may wait for each other.
    public async Task Services_that_start_concurrently_may_wait_for_the_connection()
    {
        var logs = new FakeLogCollector();
        var time = new ObservedTime();
        var transport = new FakeTransport();
        using var host = Build(logs, time, "ready", concurrently: true, transport);
        var starting = host.StartAsync(Token);
        await transport.AcceptAsync();
        await starting;
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.DoesNotContain(logs.GetSnapshot(), static record => record.Id.Name == "NotStarted");
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task What_cannot_wait_reports_that_the_connection_is_not_started()
    {
        await using var host = new TestHost();
        var client = host.Client;
        Func<Task>[] uses =
        [
            () => client.ReconnectAsync("now", Token),
            () => client.PingAsync(Token),
            () => Task.FromResult(client.PostAfter(TimeSpan.Zero, new Note("x"))),
            () => client.CallAsync(new Ask("x"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token),
            () => client.PostAsync(new Note("x"), new LatePostOptions { WhenNotReady = LateWhenNotReady.Fail }, Token).AsTask(),
            () => client.SendAsync(LateFrame.Text("x"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token).AsTask(),
        ];
        foreach (var use in uses)
        {
            var error = await Assert.ThrowsAsync<LateDisconnectedException>(use);
            Assert.StartsWith("Connection 'Forwarding' is not started. Nothing was sent. The host starts its services in the order of their registration", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("WhenNotReady", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact] // P14: also to wait for oneself to be ready is to wait for oneself.
    public async Task P14_waiting_until_the_own_connection_is_ready_fails_in_a_callback_before_it_is()
    {
        Exception? seen = null;
        TestHost? own = null;
        var handler = new ScriptedHandler
        {
            Connect = async (state, _) =>
            {
                seen = await Record.ExceptionAsync(() => own!.Client.WaitForReadyAsync(Token));
                return LateResult.Ok(state);
            },
        };
        await using var host = own = new TestHost(handler);
        await host.ReadyAsync();

        Assert.Contains("would wait for itself", Assert.IsType<InvalidOperationException>(seen).Message, StringComparison.Ordinal);
    }

    private static IHost Build(FakeLogCollector logs, TimeProvider time, string what, bool concurrently, FakeTransport? transport = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(logs));
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(new ScriptedHandler());
        builder.Services.AddKeyedSingleton<ITransport>("Forwarding", transport ?? new FakeTransport());
        builder.Services.Configure<HostOptions>(options => options.ServicesStartConcurrently = concurrently);
        builder.Services.AddHostedService(provider => new EarlyService(provider.GetRequiredService<ILateClient<ForwardingHandler>>(), what));
        builder.Services.AddLateConnection<ForwardingHandler>(static options => (options.Uri, options.CallTimeout) = (new Uri("ws://feed.example"), TimeSpan.FromMinutes(1)));
        return builder.Build();
    }

    private sealed class EarlyService(ILateClient<ForwardingHandler> client, string what) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => what switch
        {
            "ready" => client.WaitForReadyAsync(cancellationToken),
            "watch" => WatchAsync(cancellationToken),
            "call" => client.CallAsync(new Ask("x"), cancellationToken),
            "post" => client.PostAsync(new Note("x"), cancellationToken).AsTask(),
            _ => client.SendAsync(LateFrame.Text("x"), cancellationToken).AsTask(),
        };

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private async Task WatchAsync(CancellationToken cancellationToken)
        {
            await foreach (var status in client.WatchAsync(cancellationToken))
            {
                if (status.State == LateConnectionState.Ready)
                {
                    return;
                }
            }
        }
    }
}
