using Late.Hosting.IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.IntegrationTests;

/// <summary>Promise P14: a callback that stops what it belongs to does not wait for itself. Time stands still in these tests, so that no timeout ends such a wait.</summary>
public sealed class SelfStopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> CallbacksAndWays
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var callback in new[] { "Init", "Connect", "In", "Call", "Info", "Disconnect", "Terminate" })
            {
                foreach (var way in new[] { "awaited", "nested", "not awaited" })
                {
                    data.Add(callback, way);
                }
            }

            return data;
        }
    }

    [BoundedTheory]
    [MemberData(nameof(CallbacksAndWays))]
    public async Task P14_a_stop_of_its_own_key_by_a_callback_ends_as_Stop_does(string callback, string way)
    {
        using var server = RawServer.Start();
        await using var own = new OwnSupervisor(server.Uri);
        Prepare(own.Script, callback, way, () => own.Supervisor.StopAsync(OwnSupervisor.Key, CancellationToken.None));
        var client = await own.StartAsync();
        await RunIntoAsync(server, callback, client, own.Script);

        var kind = callback is "Disconnect" or "Terminate" ? LateTerminateKind.HandlerStopped : LateTerminateKind.SupervisorStopping;
        await own.Life.SkipToAsync($"Terminate {(callback == "Disconnect" ? LateTerminateKind.SupervisorStopping : kind)}");
        await FreeAsync(own);
        Assert.Equal(LateConnectionState.Stopped, client.State);
        Assert.Equal(0, own.Life.Overlaps);
        Assert.Empty(own.Logs.Of("CallbackAbandoned"));
    }

    [BoundedTheory]
    [MemberData(nameof(CallbacksAndWays))]
    public async Task P14_a_stop_of_the_host_by_a_callback_ends_as_Stop_does(string callback, string way)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, clock: new TestClock());
        Prepare(app.Script, callback, way, () => app.Host.StopAsync(CancellationToken.None));
        await app.StartAsync();
        await RunIntoAsync(server, callback, app.Client, app.Script);

        await app.Life.SkipToAsync($"Terminate {(callback == "Terminate" ? LateTerminateKind.HandlerStopped : LateTerminateKind.HostStopping)}");
        await app.StopAsync();
        Assert.Equal(LateConnectionState.Stopped, app.Client.State);
        Assert.Empty(app.Logs.Of("CallbackAbandoned"));
    }

    [BoundedTheory]
    [InlineData("supervisor")]
    [InlineData("host")]
    [InlineData("dispose")]
    [InlineData("dispose async")]
    public async Task P14_a_stop_of_all_that_a_supervisor_has_by_one_of_its_callbacks_ends_as_Stop_does(string what)
    {
        using var server = RawServer.Start();
        await using var own = new OwnSupervisor(server.Uri);
        Prepare(own.Script, "Info", "awaited", () => what switch
        {
            "supervisor" => own.Host.Services.GetServices<IHostedService>().Single(static service => service is ILateSupervisor<ScriptedHandler>).StopAsync(Token),
            "host" => own.Host.StopAsync(Token),
            "dispose" => Task.Run(own.Host.Dispose, Token),
            _ => ((IAsyncDisposable)own.Host).DisposeAsync().AsTask(),
        });
        var client = await own.StartAsync();
        await RunIntoAsync(server, "Info", client, own.Script);

        await own.Life.SkipToAsync("Terminate HostStopping");
        Assert.Equal(what.StartsWith("dispose", StringComparison.Ordinal) ? "The host was disposed without having been stopped." : "The host is stopping.", own.Script.Terminated!.Description);
        Assert.Empty(own.Logs.Of("CallbackAbandoned"));
    }

    [BoundedFact]
    public async Task P14_a_callback_that_starts_its_own_key_again_fails_immediately_with_advice()
    {
        using var server = RawServer.Start();
        await using var own = new OwnSupervisor(server.Uri);
        var failures = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var found = new TaskCompletionSource<ILateClient>(TaskCreationOptions.RunContinuationsAsynchronously);
        own.Script.Info = async (_, state, _) =>
        {
            found.SetResult(await own.Supervisor.GetOrStartAsync(OwnSupervisor.Key, cancellationToken: Token));
            await own.Supervisor.StopAsync(OwnSupervisor.Key, Token);
            failures.SetResult(await Record.ExceptionAsync(() => own.Supervisor.GetOrStartAsync(OwnSupervisor.Key, cancellationToken: Token)) ?? new InvalidOperationException("none"));
            return LateResult.Ok(state);
        };
        var client = await own.StartAsync();
        await RunIntoAsync(server, "Info", client, own.Script);

        Assert.Same(client, await found.Task);
        Assert.Contains("Restart", Assert.IsType<InvalidOperationException>(await failures.Task).Message, StringComparison.Ordinal);
        await own.Life.SkipToAsync("Terminate SupervisorStopping");
        await FreeAsync(own);
    }

    // The stop begins inside the callback of that name, and what awaits it there continues.
    private static void Prepare(Script script, string callback, string way, Func<Task> stop)
    {
        async Task RunAsync(string which)
        {
            if (which != callback)
            {
                return;
            }

            await Task.Yield();
            switch (way)
            {
                case "awaited":
                    await stop();
                    break;
                case "nested":
                    await Task.Run(async () =>
                    {
                        await Task.Yield();
                        await stop();
                    });
                    break;
                default:
                    _ = stop();
                    break;
            }
        }

        async ValueTask<LateResult<int>> ThenAsync(string which, int state, LateResult<int> result)
        {
            await RunAsync(which);
            return result;
        }

        script.Init = async (_, _) =>
        {
            await RunAsync("Init");
            return 0;
        };
        script.Connect = (_, state, _) => ThenAsync("Connect", state, LateResult.Ok(state));
        script.In = (_, state, _) => ThenAsync("In", state, LateResult.Ok(state));
        script.Call = (_, _, state, _) => ThenAsync("Call", state, LateResult.Ok(state));
        script.Info = async (message, state, _) => message.Text == "stop" ? LateResult.Stop(state) : await ThenAsync("Info", state, LateResult.Ok(state));
        script.Disconnect = async (_, state, _) =>
        {
            await RunAsync("Disconnect");
            return LateDisconnectResult.Ok(state);
        };
        script.Terminate = async (_, _, _) => await RunAsync("Terminate");
    }

    /// <summary>Lets the connection run into a callback, and its peer answer the close.</summary>
    private static async Task RunIntoAsync(RawServer server, string callback, ILateClient<ScriptedHandler> client, Script script)
    {
        if (callback == "Init")
        {
            return;
        }

        using var peer = await server.AcceptAsync();
        if (callback == "Connect")
        {
            await peer.ReadCloseAsync();
            return;
        }

        await client.WaitForReadyAsync(Token);
        switch (callback)
        {
            case "In":
                await peer.WriteAsync(RawPeer.TextFrame("go"));
                break;
            case "Call":
                _ = client.CallAsync(new Ask("go"), Token).ContinueWith(static call => call.Exception, TaskScheduler.Default);
                break;
            case "Info":
                await client.PostAsync(new Note("go"), Token);
                break;
            case "Terminate":
                await client.PostAsync(new Note("stop"), Token);
                break;
            default:
                return;
        }

        await peer.ReadCloseAsync();
    }

    /// <summary>Waits until the key is free.</summary>
    private static async Task FreeAsync(OwnSupervisor own)
    {
        while (own.Supervisor.TryGet(OwnSupervisor.Key, out _))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
