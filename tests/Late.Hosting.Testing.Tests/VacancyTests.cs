using Late.Hosting.Testing.Tests.Support;

namespace Late.Hosting.Testing.Tests;

/// <summary>The handler harness: posts that need no session, and the numbers of sessions.</summary>
public sealed class VacancyTests
{
    private static readonly LatePostOptions s_free = new() { RunsWithoutSession = true };

    [Fact]
    public async Task A_post_without_a_session_is_handled_before_the_first_between_two_and_in_one()
    {
        await using var test = await LateHandlerTest.StartAsync<RoamingHandler>(self => new RoamingHandler(self));
        await test.PostAsync(new Count(1), s_free);
        await test.ConnectAsync();
        await test.PostAsync(new Count(1), s_free);
        await test.DisconnectAsync();
        await test.PostAsync(new Count(1), s_free);
        await test.ConnectAsync();

        Assert.Equal(["1 in ", "1 in 1", "1 in "], test.State);
        Assert.Equal(2, test.Handler.Context.Session);
    }

    [Fact]
    public async Task What_it_posts_itself_is_handled_in_the_same_step()
    {
        await using var test = await LateHandlerTest.StartAsync<RoamingHandler>(self => new RoamingHandler(self));
        await test.PostAsync(new Count(3), s_free);

        Assert.Equal(["3 in ", "2 in ", "1 in "], test.State);
    }

    [Fact]
    public async Task What_it_throws_its_step_throws()
    {
        await using var test = await LateHandlerTest.StartAsync<RoamingHandler>(self => new RoamingHandler(self));

        await Assert.ThrowsAsync<FormatException>(() => test.PostAsync(new Count(-1), s_free));
        Assert.Contains("no session", (await Assert.ThrowsAnyAsync<InvalidOperationException>(() => test.PostAsync(new Count(-2), s_free))).Message, StringComparison.Ordinal);
        await test.ConnectAsync();
        Assert.Empty(test.State);
    }

    [Fact]
    public async Task A_delayed_one_is_handled_when_the_clock_comes_to_it()
    {
        await using var test = await LateHandlerTest.StartAsync<RoamingHandler>(self => new RoamingHandler(self));
        test.Client.PostAfter(TimeSpan.FromMinutes(1), new Count(1), s_free);
        await test.AdvanceAsync(TimeSpan.FromSeconds(59));
        Assert.Empty(test.State);
        await test.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["1 in "], test.State);
    }

    [Fact]
    public async Task It_may_ask_for_another_attempt_a_stop_and_a_fault()
    {
        await using var test = await LateHandlerTest.StartAsync<RoamingHandler>(self => new RoamingHandler(self));
        await test.PostAsync(new Count(-3), s_free);
        Assert.Equal("/moved", test.Attempt?.Uri.AbsolutePath);
        await test.ConnectAsync();
        await test.DisconnectAsync();
        await test.PostAsync(new Count(-4), s_free);
        Assert.Equal(LateConnectionState.Stopped, test.Client.State);

        await using var other = await LateHandlerTest.StartAsync<RoamingHandler>(self => new RoamingHandler(self));
        await other.PostAsync(new Count(-5), s_free);
        Assert.Equal(LateConnectionState.Faulted, other.Client.State);
    }
}
