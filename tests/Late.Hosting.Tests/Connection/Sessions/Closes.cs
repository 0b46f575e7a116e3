using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Sessions;

/// <summary>Handlers with a goodbye, and what closes their sessions.</summary>
internal static class Closes
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A handler that sends "bye".</summary>
    public static ScriptedHandler Goodbye() => new() { Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("bye")) };

    /// <summary>A handler whose goodbye sends nothing, and ends with a task.</summary>
    public static ScriptedHandler WaitingFor(Task end) => new()
    {
        Closing = async (_, state, _) =>
        {
            await end;
            return LateResult.Ok(state);
        },
    };

    public static Dictionary<string, string?> Settings() => new()
    {
        ["Late:Forwarding:Uri"] = "ws://one.example/",
        ["Late:Forwarding:Rotation:MaxSessionLifetime"] = "01:00:00",
        ["Late:Forwarding:Rotation:Jitter"] = "00:00:00",
        ["Late:Forwarding:KeepAliveInterval"] = "10.00:00:00",
    };

    public static async Task CloseAsync(TestHost host, string kind)
    {
        switch (kind)
        {
            case "stop":
                await host.StopAsync(Token);
                break;
            case "request":
                await host.Client.ReconnectAsync("wanted", Token);
                break;
            case "reload":
                host.Configuration["Late:Forwarding:Uri"] = "ws://two.example/";
                host.Configuration.Reload();
                break;
            case "no data":
                host.Configuration["Late:Forwarding:DataTimeout"] = "00:00:30";
                host.Configuration.Reload();
                host.Time.Advance(TimeSpan.FromSeconds(30));
                break;
            case "rotation":
                host.Time.Advance(TimeSpan.FromHours(1));
                break;
        }
    }

    /// <summary>A handler that asks the server for its last words, and waits for them.</summary>
    public static ScriptedHandler Holding() => new() { Closing = static (_, state, _) => LateResult.Send(state, LateFrame.Text("CloseStream")).HoldClose() };
}
