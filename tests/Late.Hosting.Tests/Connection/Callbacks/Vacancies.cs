using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>What the tests of posts that need no session have in common.</summary>
internal static class Vacancies
{
    public static readonly LatePostOptions Free = new() { RunsWithoutSession = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Waits until the connection has no session: an attempt is in progress, or waited for.</summary>
    public static async Task VacantAsync(TestHost host, bool isConnecting)
    {
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        if (!isConnecting)
        {
            attempt.Refuse();
            await host.WaitingUntilAsync();
        }

        await host.Handler.SkipToAsync("Init");
    }

    /// <summary>Posts a message that needs no session, and waits until it runs.</summary>
    public static async Task PostAsync(TestHost host, string text)
    {
        await host.Client.PostAsync(new Note(text), Free, Token);
        await host.Handler.SkipToAsync($"Info {text}");
    }

    public static ScriptedHandler Blocked(TaskCompletionSource hold, LateResult<int>? then = null) => new()
    {
        Info = async (_, state, _) =>
        {
            await hold.Task;
            return then ?? LateResult.Ok(state);
        },
    };
}
