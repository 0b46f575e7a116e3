using System.Globalization;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>Values of <see cref="LateConnectionOptions.MaxConcurrentCalls"/> and <see cref="LateConnectionOptions.QueueTimeout"/> at their bounds and outside of them.</summary>
public sealed class CallLimitValueTests
{
    private readonly LatePendingCalls _pending = new();
    private readonly ScriptedHandler _handler;

    public CallLimitValueTests() => _handler = NumberedCalls.Handler(_pending);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("MaxConcurrentCalls", "0")]
    [InlineData("MaxConcurrentCalls", "-1")]
    [InlineData("MaxConcurrentCalls", "2147483648")]
    [InlineData("MaxConcurrentCallsByRequest:Ask", "0")]
    [InlineData("QueueTimeout", "00:00:00")]
    [InlineData("QueueTimeout", "-00:00:00.0010000")]
    [InlineData("QueueTimeout", "50.00:00:00")]
    public async Task P13_a_reload_of_a_value_that_cannot_be_is_refused_and_the_limits_stay(string option, string value)
    {
        await using var host = new TestHost(_handler, settings: new() { ["Late:Forwarding:MaxConcurrentCalls"] = "1" });
        var socket = await host.ReadyAsync();
        var calls = Enumerable.Range(1, 2).Select(i => Call(host, $"{i}")).ToArray();
        Assert.Equal("1 1", await socket.SentAsync());
        Reload(host, option, value);

        await host.LoggedAsync("ReloadRefused");
        await NothingIsSentAsync(host, socket);
        await ReplyAsync(socket, calls[0], 1);
        Assert.Equal("2 2", await socket.SentAsync());
        await ReplyAsync(socket, calls[1], 2);
    }

    [Fact]
    public async Task A_limit_of_the_largest_number_lets_all_pass_and_the_next_counts_them()
    {
        await using var host = new TestHost(_handler, settings: new() { ["Late:Forwarding:MaxConcurrentCalls"] = "1" });
        var socket = await host.ReadyAsync();
        var calls = Enumerable.Range(1, 3).Select(i => Call(host, $"{i}")).ToList();
        Assert.Equal("1 1", await socket.SentAsync());
        Reload(host, "MaxConcurrentCalls", int.MaxValue.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(["2 2", "3 3"], [await socket.SentAsync(), await socket.SentAsync()]);
        Reload(host, "MaxConcurrentCalls", "1");
        calls.Add(Call(host, "4"));
        for (var i = 1; i <= 3; i++)
        {
            await NothingIsSentAsync(host, socket);
            await ReplyAsync(socket, calls[i - 1], i);
        }

        Assert.Equal("4 4", await socket.SentAsync());
        await ReplyAsync(socket, calls[3], 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task P13_no_QueueTimeout_and_one_without_end_stop_the_start(int milliseconds)
    {
        await using var host = new TestHost(_handler, options => options.QueueTimeout = TimeSpan.FromMilliseconds(milliseconds));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        Assert.Contains("QueueTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_QueueTimeout_ends_a_call_and_no_sooner()
    {
        var longest = TimeSpan.FromDays(49);
        await using var host = new TestHost(_handler, options => (options.MaxConcurrentCalls, options.QueueTimeout) = (1, longest));
        var call = Call(host, "1");
        host.Time.Advance(longest - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        host.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(LateDelivery.NotDelivered, (await Assert.ThrowsAsync<LateCallTimeoutException>(() => call)).Delivery);
    }

    private static void Reload(TestHost host, string option, string value)
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

    private static async Task ReplyAsync(FakeSocket socket, Task<string> call, int id)
    {
        socket.Send($"{id} yes");
        Assert.Equal("yes", await call);
    }
}
