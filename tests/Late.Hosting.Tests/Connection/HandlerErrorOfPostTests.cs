using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Callbacks.Vacancies;
using static Late.Hosting.Tests.Connection.HandlerErrorLives;

namespace Late.Hosting.Tests.Connection;

/// <summary>A new life after an error of a post that has no session (promise P2, <c>HandlerErrors = Restart</c>).</summary>
public sealed class HandlerErrorOfPostTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P2_an_error_of_a_post_without_a_session_begins_a_new_life_and_the_wait_continues()
    {
        var attempts = new List<int>();
        var handler = Posting(attempts);
        await using var host = Restarting(handler, static options => options.Reconnect.BaseDelay = TimeSpan.FromSeconds(10));
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        var due = await host.WaitingUntilAsync();
        await host.Time.TimerAsync(due);
        host.Time.Advance(TimeSpan.FromMilliseconds(100));
        await host.Client.PostAsync(new Note("bad"), Free, Token);
        await handler.SkipToAsync("Terminate HandlerError");
        await handler.SkipToAsync("Init");
        await host.Client.PostAsync(new Note("good"), Free, Token);
        await handler.SkipToAsync("Info good");
        await host.Time.TimerAsync(due, times: 2);
        Assert.Equal(due, await host.WaitingUntilAsync());
        host.Time.Advance(due - host.Time.GetUtcNow());

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal([1, 2], attempts);
    }

    [Fact]
    public async Task P2_an_error_of_a_post_during_an_attempt_interrupts_it_and_it_counts_no_more()
    {
        var attempts = new List<int>();
        var handler = Posting(attempts);
        await using var host = Restarting(handler);
        await host.StartAsync();
        (await host.Transport.AttemptAsync()).Refuse();
        await host.NextAttemptAsync();
        var attempt = await host.Transport.AttemptAsync();
        await host.Client.PostAsync(new Note("bad"), Free, Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt.Answered);
        await handler.SkipToAsync("Terminate HandlerError");
        await host.WaitingUntilAsync();
        Assert.Equal("HandleInfo threw FormatException.", host.Client.Status.Reason);
        await host.NextAttemptAsync();

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal([1, 2, 2], attempts);
    }

    [Fact]
    public async Task P2_a_second_error_before_the_next_attempt_ends_the_life_and_the_next_begins_with_that_attempt()
    {
        await using var host = Restarting(Posting([]));
        var due = await ThrowingTwiceAsync(host);
        var waiting = host.Client.PostAsync(new Note("good"), Free, Token).AsTask();
        Assert.Equal(2, RestartingHosts.Lives(host));
        host.Time.Advance(due - host.Time.GetUtcNow());
        await host.Handler.SkipToAsync("Info good");

        await waiting;
        Assert.Equal(3, RestartingHosts.Lives(host));
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P2_a_request_for_a_new_session_ends_the_wait_for_that_attempt()
    {
        await using var host = Restarting(Posting([]));
        await ThrowingTwiceAsync(host);
        await host.Client.ReconnectAsync("now", Token);

        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
    }

    [Fact]
    public async Task P9_a_stop_between_two_lives_terminates_no_handler_again()
    {
        var handler = Posting([]);
        await using var host = Restarting(handler);
        await ThrowingTwiceAsync(host);
        await host.StopAsync(Token);

        Assert.Empty(handler.Trace());
        Assert.Equal(LateConnectionState.Stopped, host.Client.State);
    }
}
