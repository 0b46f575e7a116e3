using Late.Hosting.Tests.Support;
using static Late.Hosting.Tests.Connection.Callbacks.Vacancies;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>Where posts that need no session wait before they are accepted (promise P8).</summary>
public sealed class VacancyRoomTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P8_they_take_room_and_wait_for_it_while_calls_wait_for_a_session()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 2);
        await VacantAsync(host, isConnecting: true);
        var call = host.Client.CallAsync(new Ask("waits for a session"), new LateCallOptions { Timeout = Timeout.InfiniteTimeSpan }, Token);
        await PostAsync(host, "blocks");
        var posts = Enumerable.Range(0, 3).Select(i => host.Client.PostAsync(new Note($"{i}"), Free, Token).AsTask()).ToArray();

        Assert.Equal([true, true, false], posts.Select(static post => post.IsCompletedSuccessfully));
        hold.SetResult();
        await Task.WhenAll(posts);
        Assert.Equal(["Info 0", "Info 1", "Info 2"], [await handler.NextAsync(), await handler.NextAsync(), await handler.NextAsync()]);
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task P8_one_that_waits_for_room_is_accepted_when_the_end_of_a_session_makes_it()
    {
        var hold = new TaskCompletionSource();
        var handler = Blocked(hold);
        await using var host = new TestHost(handler, options => options.MailboxCapacity = 1);
        var socket = await host.ReadyAsync();
        handler.Trace();
        await PostAsync(host, "blocks");
        await host.Client.PostAsync(new Note("needs a session"), Token);
        var post = host.Client.PostAsync(new Note("free"), Free, Token).AsTask();
        Assert.False(post.IsCompleted);
        socket.Drop();
        await post;
        hold.SetResult();

        await handler.SkipToAsync("Info free");
    }

    [Fact]
    public async Task S2a_before_the_start_it_waits_or_fails_as_its_sender_has_chosen()
    {
        await using var host = new TestHost();
        var waiting = host.Client.PostAsync(new Note("waits"), Free, Token).AsTask();
        await Assert.ThrowsAsync<LateDisconnectedException>(
            () => host.Client.PostAsync(new Note("fails"), Free with { WhenNotReady = LateWhenNotReady.Fail }, Token).AsTask());
        Assert.Throws<LateDisconnectedException>(() => host.Client.PostAfter(TimeSpan.Zero, new Note("fails"), Free));
        Assert.Throws<ArgumentException>(() => host.Client.PostAfter(TimeSpan.Zero, new Note("x"), Free with { WhenNotReady = LateWhenNotReady.Fail }));
        Assert.False(waiting.IsCompleted);
        await host.StartAsync();
        await waiting;

        await host.Handler.SkipToAsync("Info waits");
        await host.Client.PostAsync(new Note("is taken"), Free with { WhenNotReady = LateWhenNotReady.Fail }, Token);
        await host.Handler.SkipToAsync("Info is taken");
    }
}
