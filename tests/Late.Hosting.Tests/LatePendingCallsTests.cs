using Late.Hosting.Configuration;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests;

public sealed class LatePendingCallsTests
{
    private static readonly ConnectionLifecycle s_lifecycle = new("Test", new ObservedTime(), new WorkQueues(), SessionEnd.HostStopping);
    private static readonly CallContext s_context = new("Test", new CurrentOptions<LateConnectionOptions>(static () => new LateConnectionOptions(), [], static (_, _) => { }), new ObservedTime(), s_lifecycle, new RecentCalls(new ObservedTime()));

    [Fact]
    public async Task A_reply_goes_to_the_call_under_its_id()
    {
        var pending = new LatePendingCalls();
        var (first, second) = (NewCall<string>(), NewCall<int>());
        var (firstId, secondId) = (pending.Add(first.Call), pending.Add(second.Call));

        Assert.True(pending.Reply(secondId, 2));
        Assert.True(pending.Reply(firstId, "one"));
        Assert.Equal("one", await first.Task);
        Assert.Equal(2, await second.Task);
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public void An_entry_is_removed_when_its_call_ends_in_whatever_way()
    {
        var pending = new LatePendingCalls();
        using var caller = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 4).Select(_ => NewCall<string>()).ToArray();
        calls[3].ListenTo(caller.Token);
        Array.ForEach(calls, call => pending.Add(call.Call));

        calls[0].Reply("");
        calls[1].Fail(new InvalidOperationException());
        calls[2].Refuse(ConnectionFailure.Stopped);
        caller.Cancel();

        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public void A_call_that_has_ended_is_not_kept()
    {
        var (pending, call) = (new LatePendingCalls(), NewCall<string>());
        call.Reply("");

        Assert.False(pending.Reply(pending.Add(call.Call), "again"));
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public void A_new_id_is_none_of_a_call()
    {
        var pending = new LatePendingCalls();
        var first = pending.Add(NewCall<string>().Call);
        pending.TryAdd(first + 1, NewCall<string>().Call);

        var id = pending.NewId();

        Assert.Equal(first + 2, id);
        Assert.False(pending.Reply(id, ""));
        Assert.Equal(id + 1, pending.Add(NewCall<string>().Call));
    }

    [Fact]
    public void A_key_that_is_null_is_refused()
    {
        var (pending, call) = (new LatePendingCalls<string>(), NewCall<string>());

        Assert.Throws<ArgumentNullException>("key", () => pending.TryAdd(null!, call.Call));
        Assert.Throws<ArgumentNullException>("key", () => pending.Reply(null!, ""));
        Assert.Equal(0, pending.Count);
    }

    [Fact]
    public void A_key_in_use_is_refused_and_is_free_again_when_its_call_has_ended()
    {
        var pending = new LatePendingCalls<string>();
        var (first, second) = (NewCall<string>(), NewCall<string>());
        Assert.True(pending.TryAdd("BTC", first.Call));
        Assert.False(pending.TryAdd("BTC", second.Call));
        first.Reply("");

        Assert.True(pending.TryAdd("BTC", second.Call));
        Assert.Equal(1, pending.Count);
    }

    [Fact]
    public void A_reply_of_the_wrong_type_is_a_clear_error_and_loses_nothing()
    {
        var (pending, call) = (new LatePendingCalls(), NewCall<string>());
        var id = pending.Add(call.Call);

        var error = Assert.Throws<InvalidOperationException>(() => pending.Reply(id, 42));

        Assert.Contains("than int:", error.Message, StringComparison.Ordinal);
        Assert.Contains("a string's", error.Message, StringComparison.Ordinal);
        Assert.True(pending.Reply(id, "right"));
    }

    [Fact]
    public void FailAll_empties_the_table()
    {
        var pending = new LatePendingCalls();
        var calls = Enumerable.Range(0, 3).Select(_ => NewCall<string>()).ToArray();
        Array.ForEach(calls, call => pending.Add(call.Call));

        pending.FailAll(new InvalidOperationException("gone"));

        Assert.Equal(0, pending.Count);
        Assert.All(calls, call => Assert.True(call.IsEnded));
    }

    private static CallItem<string, TReply> NewCall<TReply>() => new("request", s_context, new Mailbox(s_lifecycle, new WorkQueues()));
}
