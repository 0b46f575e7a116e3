using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>A handler that faults its connection (promise P15).</summary>
public sealed class FaultResultTests
{
    private const string Reason = "The handler faulted the connection: the account is closed.";

    private static readonly InvalidDataException s_cause = new("The server has closed the account.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Connect")]
    [InlineData("In")]
    [InlineData("Info")]
    [InlineData("Disconnect")]
    public async Task P15_a_fault_of_the_handler_is_visible_with_its_reason_and_its_exception_and_ends_the_life(string callback)
    {
        var handler = new ScriptedHandler();
        await using var host = new TestHost(handler, build: static connection => connection.Services.AddHealthChecks().AddLateConnections());
        var socket = await FaultAsync(host, callback);
        await handler.SkipToAsync("Terminate Faulted");
        await host.StateAsync(LateConnectionState.Faulted);
        await host.LoggedAsync("Faulted");

        Assert.Equal(Reason, host.Client.Status.Reason);
        Assert.Same(s_cause, host.Client.Status.Exception);
        var error = await Assert.ThrowsAsync<LateFaultedException>(() => host.Client.CallAsync(new Ask("late"), Token));
        Assert.Same(s_cause, error.InnerException);
        Assert.Contains("the account is closed.", error.Message, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Critical, Assert.Single(host.Logs.GetSnapshot(), static entry => entry.Id.Name == "Faulted").Level);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        if (callback != "Disconnect")
        {
            // The reason is for operators, and not for the server.
            Assert.Equal((LateCloseCode.InternalError, ""), await socket.Closed);
        }
    }

    [Fact]
    public async Task P15_the_frames_of_a_result_leave_before_its_fault()
    {
        var handler = new ScriptedHandler { In = (_, state, _) => LateResult.Send(state, LateFrame.Text("last")).ThenFault("the account is closed") };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("a");

        Assert.Equal("last", await socket.SentAsync());
        Assert.Equal((LateCloseCode.InternalError, ""), await socket.Closed);
        await host.StateAsync(LateConnectionState.Faulted);
    }

    [Fact]
    public async Task P3_a_handler_that_faults_sees_its_disconnect_and_terminate()
    {
        var reasons = new List<LateTerminateReason>();
        var handler = new ScriptedHandler
        {
            Terminate = (reason, _, _) =>
            {
                reasons.Add(reason);
                return default;
            },
        };
        await using var host = new TestHost(handler);
        await FaultAsync(host, "In");
        List<string> trace = [];
        while (trace.LastOrDefault() != "Terminate Faulted")
        {
            trace.Add(await handler.NextAsync());
        }

        await host.StopAsync(Token);

        Assert.Equal(["Init", "Connect", "In a", "Disconnect HandlerFaulted", "Terminate Faulted"], trace);
        Assert.Empty(handler.Trace());
        Assert.Equal([new LateTerminateReason(LateTerminateKind.Faulted, Reason, s_cause)], reasons);
    }

    [Fact]
    public async Task P9_a_stop_takes_precedence_over_a_fault_from_HandleDisconnect()
    {
        var handler = new ScriptedHandler { Disconnect = (_, state, _) => LateDisconnectResult.Fault(state, "the account is closed") };
        await using var host = new TestHost(handler);
        await host.ReadyAsync();

        await host.StopAsync(Token);

        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
        Assert.Contains("Terminate HostStopping", handler.Trace());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_fault_has_a_reason(string reason)
    {
        Assert.Throws<ArgumentException>(nameof(reason), () => LateResult.Fault(0, reason));
        Assert.Throws<ArgumentException>(nameof(reason), () => LateDisconnectResult.Fault(0, reason));
    }

    private static async Task<FakeSocket> FaultAsync(TestHost host, string callback)
    {
        LateResult<int> Fault(int state) => LateResult.Fault(state, "the account is closed", s_cause);
        host.Handler.Connect = (state, _) => callback == "Connect" ? Fault(state) : LateResult.Ok(state);
        host.Handler.In = (_, state, _) => Fault(state);
        host.Handler.Info = (_, state, _) => Fault(state);
        host.Handler.Disconnect = (_, state, _) => callback == "Disconnect" ? LateDisconnectResult.Fault(state, "the account is closed", s_cause) : LateDisconnectResult.Ok(state);
        await host.StartAsync();
        var socket = await host.Transport.AcceptAsync();
        if (callback != "Connect")
        {
            await host.Client.WaitForReadyAsync(Token);
        }

        switch (callback)
        {
            case "In":
                socket.Send("a");
                break;
            case "Info":
                await host.Client.PostAsync(new Note("a"), Token);
                break;
            case "Disconnect":
                socket.Drop();
                break;
        }

        return socket;
    }
}
