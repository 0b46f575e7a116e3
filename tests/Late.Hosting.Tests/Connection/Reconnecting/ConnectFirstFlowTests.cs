using System.Diagnostics;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>What flows with an attempt that replaces an open session: the connection's, and nothing of the code that asks for it.</summary>
public sealed class ConnectFirstFlowTests
{
    private static readonly AsyncLocal<string?> s_ambient = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hook_of_the_attempt_sees_nothing_ambient_of_the_callback_or_the_caller_that_asks_for_it(bool isCaller)
    {
        var request = new LateReconnect { Order = LateReconnectOrder.ConnectFirst };
        var handler = new ScriptedHandler
        {
            In = (_, state, _) =>
            {
                s_ambient.Value = "of the callback";
                return LateResult.Reconnect(state, request);
            },
        };
        var seen = new TaskCompletionSource<(string?, Activity?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        TestHost host = null!;
        host = new TestHost(handler, build: connection => connection.ConfigureHandshake((_, _) =>
        {
            if (host.Transport.Count == 1)
            {
                host.Logger.LogInformation("asked");
                seen.SetResult((s_ambient.Value, Activity.Current));
            }

            return default;
        }));
        await using var owned = host;
        var socket = await host.ReadyAsync();
        if (isCaller)
        {
            s_ambient.Value = "of the caller";
            using var activity = new Activity("a request of the application").Start();
            await host.Client.ReconnectAsync(request, Token);
        }
        else
        {
            socket.Send("a");
        }

        Assert.Equal((null, null), await seen.Task.WaitAsync(Token));
        var record = Assert.Single(host.Logs.GetSnapshot(), static record => record.Message == "asked");
        Assert.Equal(["Connection: Forwarding", "Session: 1"], record.Scopes.OfType<IEnumerable<KeyValuePair<string, object?>>>().SelectMany(static scope => scope).Select(static pair => $"{pair.Key}: {pair.Value}").Order());
        await host.Transport.AcceptAsync();
        await socket.Closed;
    }
}
