using Late.Hosting.Tests.Connection.Callbacks;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection;

/// <summary>Hosts whose connection begins a new life after an error of the handler.</summary>
internal static class HandlerErrorLives
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An error during an attempt, and one in the wait that follows it.</summary>
    /// <returns>When the next attempt is due.</returns>
    public static async Task<DateTimeOffset> ThrowingTwiceAsync(TestHost host)
    {
        await host.StartAsync();
        await host.Transport.AttemptAsync();
        await host.Client.PostAsync(new Note("bad"), Vacancies.Free, Token);
        await host.Handler.SkipToAsync("Terminate HandlerError");
        var due = await host.WaitingUntilAsync();
        await host.Time.TimerAsync(due);
        await host.Client.PostAsync(new Note("bad"), Vacancies.Free, Token);
        await host.Handler.SkipToAsync("Terminate HandlerError");
        await host.Time.TimerAsync(due, times: 2);
        return due;
    }

    public static TestHost Restarting(ScriptedHandler handler, Action<LateConnectionOptions>? configure = null, Action<ILateConnectionBuilder>? build = null) => new(
        handler,
        options =>
        {
            options.HandlerErrors = LateHandlerErrorBehavior.Restart;
            configure?.Invoke(options);
        },
        build);

    public static ScriptedHandler Throwing() => new() { In = static (frame, state, _) => frame.GetText() == "bad" ? throw new FormatException() : LateResult.Ok(state) };

    public static ScriptedHandler Posting(List<int> attempts) => new()
    {
        Connecting = (handshake, state, _) =>
        {
            attempts.Add(handshake.Attempt);
            return new(state);
        },
        Info = static (note, state, _) => note.Text == "bad" ? throw new FormatException() : LateResult.Ok(state),
    };

    public static async Task ReconnectAsync(TestHost host)
    {
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }
}
