using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Limits of calls that change while there are calls.</summary>
public sealed class CallLimitReloadTests
{
    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler;

    public CallLimitReloadTests() => _handler = NumberedCalls.Handler(_pending);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("MaxConcurrentCalls", "1", "3")]
    [InlineData("MaxConcurrentCalls", "1", null)]
    [InlineData("MaxConcurrentCallsByRequest:Ask", "1", "3")]
    public async Task A_reload_of_a_limit_reaches_the_calls_that_wait(string option, string before, string? after)
    {
        await using var host = new TestHost(_handler, settings: new() { [$"Late:Forwarding:{option}"] = before });
        var socket = await host.ReadyAsync();
        var calls = Enumerable.Range(1, 3).Select(i => Call(host, $"{i}")).ToArray();
        await socket.SentAsync();
        Reload(host, option, after);

        Assert.Equal(["2 2", "3 3"], [await socket.SentAsync(), await socket.SentAsync()]);
        socket.Send("1 yes", "2 yes", "3 yes");
        await Task.WhenAll(calls);
    }

    [Theory]
    [InlineData("MaxConcurrentCalls")]
    [InlineData("MaxConcurrentCallsByRequest:Ask")]
    public async Task Calls_in_progress_count_against_a_limit_that_a_reload_sets(string option)
    {
        await using var host = new TestHost(_handler, settings: []);
        var socket = await host.ReadyAsync();
        List<Task<string>> calls = [Call(host, "1"), Call(host, "2")];
        Assert.Equal(["1 1", "2 2"], [await socket.SentAsync(), await socket.SentAsync()]);
        Reload(host, option, "1");
        calls.Add(Call(host, "3"));

        await NothingIsSentAsync(host, socket);
        await ReplyAsync(socket, calls[0], "1");
        await NothingIsSentAsync(host, socket);
        await ReplyAsync(socket, calls[1], "2");
        Assert.Equal("3 3", await socket.SentAsync());
        await ReplyAsync(socket, calls[2], "3");
    }

    [Fact]
    public async Task A_canceled_call_that_counts_against_a_new_limit_keeps_its_slot_until_the_server_has_answered()
    {
        await using var host = new TestHost(_handler, settings: []);
        var socket = await host.ReadyAsync();
        using var caller = new CancellationTokenSource();
        var canceled = host.Client.CallAsync(new Ask("1"), caller.Token);
        Assert.Equal("1 1", await socket.SentAsync());
        Reload(host, "MaxConcurrentCalls", "1");
        var next = Call(host, "2");
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);

        await NothingIsSentAsync(host, socket);
        socket.Send("1 late");
        Assert.Equal("2 2", await socket.SentAsync());
        await ReplyAsync(socket, next, "2");
    }

    [Fact]
    public async Task Calls_that_wait_for_the_session_when_a_reload_sets_a_limit_wait_for_slots_in_their_order()
    {
        await using var host = new TestHost(_handler, settings: []);
        await host.StartAsync();
        List<Task<string>> calls = [Call(host, "1"), Call(host, "2")];
        Reload(host, "MaxConcurrentCalls", "1");
        calls.Add(Call(host, "3"));
        var socket = await host.Transport.AcceptAsync();
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"{i} {i}", await socket.SentAsync());
            await NothingIsSentAsync(host, socket);
            await ReplyAsync(socket, calls[i - 1], $"{i}");
        }
    }

    [Fact]
    public async Task Admitted_calls_that_wait_for_the_handler_count_against_a_limit_that_a_reload_sets()
    {
        var block = new TaskCompletionSource();
        _handler.Info = async (_, state, _) =>
        {
            await block.Task;
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(_handler, settings: []);
        var socket = await host.ReadyAsync();
        await host.Client.PostAsync(new Note("blocks"), Token);
        await _handler.SkipToAsync("Info blocks");
        var first = Call(host, "1");
        Reload(host, "MaxConcurrentCalls", "1");
        var second = Call(host, "2");
        block.SetResult();

        Assert.Equal("1 1", await socket.SentAsync());
        await NothingIsSentAsync(host, socket);
        await ReplyAsync(socket, first, "1");
        Assert.Equal("2 2", await socket.SentAsync());
        await ReplyAsync(socket, second, "2");
    }

    [Fact]
    public async Task Calls_that_wait_for_the_start_when_a_reload_sets_a_limit_wait_for_slots_in_their_order()
    {
        await using var host = new TestHost(_handler, settings: []);
        Task<string>[] calls = [Call(host, "1"), Call(host, "2")];
        Reload(host, "MaxConcurrentCalls", "1");
        var socket = await host.ReadyAsync();
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal($"{i} {i}", await socket.SentAsync());
            await NothingIsSentAsync(host, socket);
            await ReplyAsync(socket, calls[i - 1], $"{i}");
        }
    }

    [Fact]
    public async Task A_call_that_begins_in_the_moment_of_a_reload_that_sets_a_limit_waits_for_those_in_progress()
    {
        await using var host = new TestHost(_handler, settings: []);
        var socket = await host.ReadyAsync();
        var first = Call(host, "1");
        Assert.Equal("1 1", await socket.SentAsync());
        Task<string>? second = null;
        host.Time.Stamping = () =>
        {
            // The new options are there, and calls are not counted yet.
            host.Time.Stamping = null;
            second = Call(host, "2");
        };
        Reload(host, "MaxConcurrentCalls", "1");

        Assert.NotNull(second);
        await NothingIsSentAsync(host, socket);
        await ReplyAsync(socket, first, "1");
        Assert.Equal("2 2", await socket.SentAsync());
        await ReplyAsync(socket, second, "2");
    }

    private static void Reload(TestHost host, string option, string? value)
    {
        host.Configuration[$"Late:Forwarding:{option}"] = value;
        host.Configuration.Reload();
    }

    private static Task<string> Call(TestHost host, string text) => host.Client.CallAsync(new Ask(text), Token);

    // A send passes what waits for a slot: where it comes next, nothing else was sent before it.
    private static async Task NothingIsSentAsync(TestHost host, FakeSocket socket)
    {
        await host.Client.SendAsync(LateFrame.Text("mark"), Token);
        Assert.Equal("mark", await socket.SentAsync());
    }

    private static async Task ReplyAsync(FakeSocket socket, Task<string> call, string id)
    {
        socket.Send($"{id} yes");
        Assert.Equal("yes", await call);
    }
}
