using Late.Hosting.Tests.Supervision;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Observability;

/// <summary>What an application sees of its connections through <see cref="ILateConnectionDirectory"/>.</summary>
public sealed class DirectoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_shows_its_state_statistics_changes_and_errors_through_its_life()
    {
        var handler = new ScriptedHandler
        {
            In = (_, _, _) => throw new FormatException("secret"),
            Call = (request, call, state, _) => call.Reply("") ? LateResult.Send(state, LateFrame.Text(request.Text)) : throw new InvalidOperationException(),
        };
        await using var host = new TestHost(handler);
        var made = host.Time.GetUtcNow();
        var connection = Connections(host.Services).Single();
        Assert.Equal(("Forwarding", "ForwardingHandler", null, null), (connection.Name, connection.HandlerName, connection.SupervisorName, connection.Key));
        Assert.Equal(LateConnectionState.NotStarted, connection.Status.State);
        Assert.Equal(new LateConnectionStatistics { NotReadySince = made }, connection.GetStatistics());

        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.BadGateway);
        Assert.Equal(await host.WaitingUntilAsync(), connection.Status.NextAttemptAt);
        Assert.Equal(host.Time.GetUtcNow(), connection.GetStatistics().LastErrorAt);
        await host.NextAttemptAsync();
        var socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.Client.CallAsync(new Ask("a"), Token);
        socket.Send("b", "c");
        await host.Handler.SkipToAsync("In b");
        await host.Client.CallAsync(new Ask("d"), Token);

        var ready = connection.GetStatistics();
        Assert.Same(host.Client.Status, connection.Status);
        Assert.Equal((2, 1, 1), (ready.Attempts, ready.FailedAttempts, ready.Sessions));
        Assert.Equal((2, 2, 2, 0), (ready.FramesReceived, ready.FramesSent, ready.Calls, ready.FailedCalls));
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (ready.CallDurationP50, ready.CallDurationP99));
        Assert.Equal((null, 0, 0), (ready.NotReadySince, ready.MailboxDepth, ready.FramesWaiting));
        Assert.Equal(["Connecting", "Reconnecting", "Connecting", "Connected", "Ready"], connection.GetRecentChanges().Select(static change => $"{change.State}"));
        Assert.Equal(
            ["Connection 'Forwarding' could not connect: it was refused with BadGateway.", "HandleIn threw FormatException.", "HandleIn threw FormatException."],
            connection.GetRecentErrors().Select(static error => error.Message));

        socket.Drop();
        await host.WaitingUntilAsync();
        Assert.Equal(host.Time.GetUtcNow(), connection.GetStatistics().NotReadySince);
        Assert.Equal(new LateConnectionError { OccurredAt = host.Time.GetUtcNow(), Message = "The connection broke." }, connection.GetRecentErrors()[^1]);
        Assert.Equal(2, ready.Calls);
        await host.StopAsync(Token);
        Assert.Equal((LateConnectionState.Stopped, 1), (connection.Status.State, connection.GetStatistics().Sessions));
    }

    [Fact]
    public async Task What_waits_is_counted()
    {
        await using var host = new TestHost();
        var connection = Connections(host.Services).Single();
        var calls = Enumerable.Range(0, 3).Select(_ => host.Client.CallAsync(new Ask("a"), Token)).ToArray();
        Assert.Equal(3, connection.GetStatistics().MailboxDepth);
        await host.ReadyAsync();
        await Task.WhenAll(calls);
        Assert.Equal(0, connection.GetStatistics().MailboxDepth);
    }

    [Fact]
    public async Task Connections_are_listed_in_the_order_of_their_registration_and_before_supervised_ones()
    {
        await using var host = new SupervisedHost(build: static devices =>
        {
            devices.Services.AddLateConnection<EmptyHandler<int>>("us", static options => options.Uri = new Uri("ws://127.0.0.1:9/"));
            devices.Services.AddLateConnection<EmptyHandler<int>>("eu", static options => options.Uri = new Uri("ws://127.0.0.1:9/"));
        });
        await host.StartAsync();
        await host.ReadyAsync("1");

        Assert.Equal(
            [("us", "DirectoryTests.EmptyHandler<int>"), ("eu", "DirectoryTests.EmptyHandler<int>"), ("Device/1", "DeviceHandler")],
            Connections(host.Services).Select(static connection => (connection.Name, connection.HandlerName)));
        Assert.Equal(Connections(host.Services), Connections(host.Services));
    }

    [Fact]
    public async Task Supervised_connections_appear_when_they_are_started_and_go_when_they_are_stopped()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        Assert.Empty(Connections(host.Services));
        await host.ReadyAsync("1");
        await host.ReadyAsync("2");
        var before = Connections(host.Services);

        Assert.Equal(
            [("Device/1", "Device", "1", LateConnectionState.Ready), ("Device/2", "Device", "2", LateConnectionState.Ready)],
            before.Select(static connection => (connection.Name, connection.SupervisorName, connection.Key, connection.Status.State)));
        await host.Devices.StopAsync("1", Token);
        Assert.Same(before[1], Assert.Single(Connections(host.Services)));
        Assert.Equal((2, LateConnectionState.Stopped), (before.Count, before[0].Status.State));
    }

    [Fact]
    public async Task A_key_that_is_used_again_is_another_connection()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        await host.ReadyAsync("1");
        var first = Connections(host.Services).Single();
        await host.Devices.StopAsync("1", Token);
        await host.ReadyAsync("1");
        var second = Connections(host.Services).Single();

        Assert.NotSame(first, second);
        Assert.Equal((first.Name, 1), (second.Name, second.GetStatistics().Sessions));
    }

    [Fact]
    public async Task Supervisors_are_listed_with_the_numbers_of_their_connections()
    {
        await using var host = new SupervisedHost();
        await host.StartAsync();
        var empty = Supervisors(host.Services);
        await host.ReadyAsync("1");
        await host.ReadyAsync("2");
        await host.StartAsync("3");
        await host.Peers["3"].NextAttemptAsync();
        var faulted = await host.StartAsync("4");
        (await host.Peers["4"].NextAttemptAsync()).Refuse(System.Net.HttpStatusCode.Unauthorized);
        await SupervisedHost.StateAsync(faulted, LateConnectionState.Faulted);

        var none = new LateSupervisorInfo { Name = "Device", HandlerName = "DeviceHandler" };
        Assert.Equal(none, Assert.Single(empty));
        Assert.Equal(none with { ConnectionCount = 4, ReadyCount = 2, FaultedCount = 1 }, Assert.Single(Supervisors(host.Services)));
    }

    [Fact]
    public async Task What_a_connection_is_made_of_may_have_the_directory_injected()
    {
        await using var host = new SupervisedHost(build: static devices =>
            devices.Services.AddSingleton<IConfigureOptions<LateConnectionOptions>, SetupWithDirectory>());
        await host.StartAsync();
        await host.ReadyAsync("1");

        Assert.Single(Connections(host.Services));
    }

    private static IReadOnlyList<ILateConnectionInfo> Connections(IServiceProvider services) =>
        services.GetRequiredService<ILateConnectionDirectory>().GetConnections();

    private static IReadOnlyList<LateSupervisorInfo> Supervisors(IServiceProvider services) =>
        services.GetRequiredService<ILateConnectionDirectory>().GetSupervisors();

    private sealed class SetupWithDirectory(ILateConnectionDirectory directory) : IConfigureNamedOptions<LateConnectionOptions>
    {
        public void Configure(LateConnectionOptions options) => Assert.NotNull(directory);

        public void Configure(string? name, LateConnectionOptions options) => Configure(options);
    }

    private sealed class EmptyHandler<TState> : ILateHandler<TState?>
    {
        public ValueTask<TState?> InitAsync(LateContext context, CancellationToken cancellationToken) => new(default(TState));
    }
}
