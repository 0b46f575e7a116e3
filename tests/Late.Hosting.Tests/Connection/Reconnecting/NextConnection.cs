using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A handler that asks for the next connection while its session is open.</summary>
internal static class NextConnection
{
    /// <summary>The address of the next connection.</summary>
    public static readonly Uri Moved = new("ws://feed.example/moved");

    public static ScriptedHandler Handler() => new()
    {
        Connecting = static (_, state, _) => new(state),
        In = static (frame, state, _) => frame.GetText() == "reconnect"
            ? LateResult.Reconnect(state, new LateReconnect { Reason = "moved", Uri = Moved, Order = LateReconnectOrder.ConnectFirst })
            : LateResult.Ok(state),
    };

    /// <summary>A session whose handler has asked for the next connection, and the attempt to make that.</summary>
    public static async Task<(FakeSocket Old, FakeAttempt Attempt)> ConnectingAsync(this ScriptedHandler handler, TestHost host)
    {
        var old = await host.ReadyAsync();
        old.Send("reconnect");
        await handler.SkipToAsync("In reconnect");
        return (old, await host.Transport.AttemptAsync());
    }

    /// <returns>Lets HandleDisconnect complete.</returns>
    public static TaskCompletionSource HoldDisconnect(this ScriptedHandler handler)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        handler.Disconnect = async (_, state, _) =>
        {
            await release.Task;
            return LateDisconnectResult.Ok(state);
        };
        return release;
    }
}
