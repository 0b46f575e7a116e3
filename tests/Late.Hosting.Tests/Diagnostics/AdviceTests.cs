using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Diagnostics;

/// <summary>A message has what happened with the connection's name once, what is known, and only what can help where it stands.</summary>
public sealed class AdviceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_advises_to_try_again_on_a_stopped_connection()
    {
        await using var host = new TestHost();
        await host.ReadyAsync();
        await host.StopAsync(Token);

        foreach (var error in await FailuresAsync<LateStoppedException>(host.Client))
        {
            Assert.Equal("Connection 'Forwarding' is stopped and accepts no more work. Nothing was sent. It runs again when its host or its supervisor restarts it.", WithoutReport(error));
        }
    }

    [Fact]
    public async Task Nothing_advises_to_try_again_on_a_faulted_connection()
    {
        await using var host = new TestHost(configure: options => options.Reconnect.ShouldReconnect = static _ => false);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.NotFound);
        await host.StateAsync(LateConnectionState.Faulted);

        foreach (var error in await FailuresAsync<LateFaultedException>(host.Client))
        {
            Assert.StartsWith("Connection 'Forwarding' has failed permanently: ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(" Nothing was sent. Fix the cause, and begin a new life: call ReconnectAsync, change an option in the configuration, or restart the host.", WithoutReport(error), StringComparison.Ordinal);
            Assert.Single(error.Message.Split("'Forwarding'").Skip(1));
        }
    }

    [Theory]
    [InlineData(LateFaultBehavior.StayFaulted, " Fix the cause, and begin a new life: call ReconnectAsync, change an option in the configuration, or restart the host.")]
    [InlineData(LateFaultBehavior.Restart, " A new life begins after a delay (OnFault = Restart).")]
    public async Task The_log_of_a_fault_has_what_helps(LateFaultBehavior policy, string advice)
    {
        await using var host = new TestHost(configure: options => (options.OnFault, options.Reconnect.ShouldReconnect) = (policy, static _ => false));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse(System.Net.HttpStatusCode.NotFound);
        await host.LoggedAsync("Faulted");

        var message = host.Logs.GetSnapshot().First(static record => record.Id.Name == "Faulted").Message;
        Assert.StartsWith("Forwarding: failed permanently: It ", message, StringComparison.Ordinal);
        Assert.EndsWith(advice, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_the_stop_ends_is_not_advised_to_try_again()
    {
        var handler = new ScriptedHandler { Call = static (_, _, state, _) => LateResult.Ok(state) };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();
        var call = host.Client.CallAsync(new Ask("x"), Token);
        await handler.SkipToAsync("Call x");
        await host.StopAsync(Token);

        var error = await Assert.ThrowsAnyAsync<LateException>(() => call);
        Assert.DoesNotContain("retry", error.Message, StringComparison.Ordinal);
        Assert.Equal(LateDelivery.Unknown, error.Delivery);
    }

    [Fact]
    public async Task A_connection_that_is_not_ready_reports_since_when_and_what_helps_there()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        var client = host.Client;

        var call = await Assert.ThrowsAsync<LateDisconnectedException>(() => client.CallAsync(new Ask("x"), new LateCallOptions { WhenNotReady = LateWhenNotReady.Fail }, Token));
        var ping = await Assert.ThrowsAsync<LateDisconnectedException>(() => client.PingAsync(Token));
        var later = Assert.Throws<LateDisconnectedException>(() => client.PostAfter(TimeSpan.Zero, new Note("x")));
        const string Known = "Connection 'Forwarding' is Connecting since 2026-01-01 00:00:00Z: Attempt 1 is in progress. Nothing was sent; it is safe to retry. ";
        Assert.Equal($"{Known}To wait until it is ready, set WhenNotReady = Wait. Its calls: 0 waiting, 0 in progress; not ready since 2026-01-01 00:00:00Z.", call.Message);
        Assert.Equal($"{Known}To wait for a session, await WaitForReadyAsync first.", ping.Message);
        Assert.Equal($"{Known}A delayed post belongs to a session: start it in HandleConnect, or after WaitForReadyAsync.", later.Message);
    }

    [Fact]
    public async Task A_timeout_has_the_name_once_and_a_time_with_its_offset()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        var call = host.Client.CallAsync(new Ask("x"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        var error = await Assert.ThrowsAsync<LateCallTimeoutException>(() => call);
        Assert.Equal(
            "Connection 'Forwarding' did not accept the call, post or frame in time. It is Connecting since 2026-01-01 00:00:00Z: Attempt 1 is in progress. Nothing was sent; it is safe to retry. Its calls: 1 waiting, 0 in progress; not ready since 2026-01-01 00:00:00Z.", error.Message);
    }

    [Theory]
    [InlineData(typeof(int), "int")]
    [InlineData(typeof(int?), "int?")]
    [InlineData(typeof(string[,]), "string[,]")]
    [InlineData(typeof((string, int)), "(string, int)")]
    [InlineData(typeof(Dictionary<string, List<AdviceTests>>), "Dictionary<string, List<AdviceTests>>")]
    [InlineData(typeof(Dictionary<string, int>.Enumerator), "Dictionary<string, int>.Enumerator")]
    [InlineData(typeof(Feed<int>.Request<string>), "AdviceTests.Feed<int>.Request<string>")]
    public void Types_are_named_as_CSharp_writes_them(Type type, string name) => Assert.Equal(name, TypeName.Of(type));

    [Fact]
    public void Registrations_name_generic_handlers_as_they_are_written()
    {
        var services = new ServiceCollection();
        services.AddLateConnection<Feed<int>>("eu");
        var error = Assert.Throws<InvalidOperationException>(() => services.AddLateConnection<Feed<string>>("eu"));
        Assert.Contains("AddLateConnection<AdviceTests.Feed<string>>(\"…\")", error.Message, StringComparison.Ordinal);
        Assert.Contains("of AdviceTests.Feed<int>", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<Exception>> FailuresAsync<TException>(ILateClient<ForwardingHandler> client)
        where TException : Exception =>
        [
            await Assert.ThrowsAsync<TException>(() => client.CallAsync(new Ask("x"), Token)),
            await Assert.ThrowsAsync<TException>(() => client.PostAsync(new Note("x"), Token).AsTask()),
            await Assert.ThrowsAsync<TException>(() => client.SendAsync(LateFrame.Text("x"), Token).AsTask()),
            await Assert.ThrowsAsync<LateDisconnectedException>(() => client.PingAsync(Token)),
            await Assert.ThrowsAsync<TException>(() => client.WaitForReadyAsync(Token)),
            Assert.Throws<LateDisconnectedException>(() => client.PostAfter(TimeSpan.Zero, new Note("x"))),
        ];

    // Those of calls end with what the connection's calls looked like.
    private static string WithoutReport(Exception error) => error.Message.Split(" Its calls: ")[0];

    internal sealed class Feed<T> : ILateHandler<T>
    {
        public ValueTask<T> InitAsync(LateContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

        internal sealed class Request<TKey>;
    }
}
