namespace Late.Hosting.Tests.Supervision;

/// <summary>Errors of the handler of a supervised connection, where <c>HandlerErrors</c> is <c>Restart</c>.</summary>
public sealed class HandlerErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P2_an_error_begins_a_new_life_of_the_same_connection_with_a_handler_made_in_the_same_way()
    {
        await using var host = Restarting();
        await host.StartAsync();
        var (client, session) = await host.ReadyAsync("a");
        session.Send("bad");
        await session.ExpectCloseAsync(LateCloseCode.InternalError);
        await NextAttemptAsync(host, client);
        await host.Peers["a"].AcceptAsync();
        await client.WaitForReadyAsync(Token);

        Assert.Equal("a", await client.CallAsync(new Query(), Token));
        Assert.Same(client, host.Devices.Connections["a"]);
        Assert.Equal(
            ["Init a of Device/a", "Disconnect a: HandleIn threw FormatException.", "Terminate a: HandlerError", "Dispose a", "Init a of Device/a"], host.Log.Lines);
    }

    [Theory]
    [InlineData(LateEndBehavior.Keep)]
    [InlineData(LateEndBehavior.Restart)]
    public async Task P15_where_the_new_life_faults_the_supervisor_alone_decides(LateEndBehavior onFault)
    {
        await using var host = Restarting(onFault);
        await host.StartAsync();
        var (client, session) = await host.ReadyAsync("a");
        host.Log.IsBroken = static _ => true;
        session.Send("bad");
        await SupervisedHost.StateAsync(client, LateConnectionState.Faulted);

        await Assert.ThrowsAsync<LateFaultedException>(() => client.ReconnectAsync("again", Token));
        await Assert.ThrowsAsync<LateFaultedException>(() => client.WaitForReadyAsync(Token));
        if (onFault == LateEndBehavior.Restart)
        {
            // A clock of what has ended may still be set: it is due later than the first delay.
            await SupervisedHost.UntilAsync(() => host.Logs.GetSnapshot().Any(static record => record.Id.Name == "Restarts")
                && host.Clock.NextDue - host.Clock.GetUtcNow() <= TimeSpan.FromSeconds(0.5));
            host.Log.IsBroken = static _ => false;
            host.Clock.Advance(TimeSpan.FromSeconds(0.5));

            // Until then the peer has the connection that is over.
            await SupervisedHost.UntilAsync(() => host.Peers["a"].Attempts == 2);
            await host.Peers["a"].AcceptAsync();
            await host.Devices.Connections["a"].WaitForReadyAsync(Token);
        }

        Assert.Equal(onFault == LateEndBehavior.Keep, ReferenceEquals(client, host.Devices.Connections["a"]));
    }

    private static SupervisedHost Restarting(LateEndBehavior onFault = LateEndBehavior.Keep) =>
        new(static options => options.HandlerErrors = LateHandlerErrorBehavior.Restart, options => options.OnFault = onFault);

    /// <summary>Waits until the next attempt is waited for, and advances the clock to it.</summary>
    private static async Task NextAttemptAsync(SupervisedHost host, ILateClient client)
    {
        await SupervisedHost.UntilAsync(() => client.Status is { State: LateConnectionState.Reconnecting, NextAttemptAt: { } at } && host.Clock.NextDue <= at);
        host.Clock.AdvanceTo(client.Status.NextAttemptAt!.Value);
    }
}
