using System.Text.Json.Nodes;
using JsonRpcClient.Rpc;
using Late.Hosting;
using Late.Hosting.Testing;

namespace JsonRpcClient.Tests;

/// <summary>The handler, step by step.</summary>
public sealed class RpcHandlerTests
{
    private static readonly Feed s_heads = new("newHeads");

    [Fact]
    public async Task A_call_is_replied_to_or_fails_as_the_server_answers()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        var number = await test.CallAsync(new Invoke("eth_blockNumber"));
        var broken = await test.CallAsync(new Invoke("eth_nothing", ["a", 1]));
        Assert.Equal(
            ["""{"method":"eth_blockNumber","id":1,"jsonrpc":"2.0"}""", """{"method":"eth_nothing","params":["a",1],"id":2,"jsonrpc":"2.0"}"""],
            test.SentTexts);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"no such method"}}""");
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":1,"result":"0x10"}""");

        Assert.Equal("0x10", (await number.ReplyAsync()).GetString());
        Assert.Equal(-32601, (await Assert.ThrowsAsync<RpcException>(broken.ReplyAsync)).Code);
    }

    [Fact]
    public async Task A_canceled_call_is_canceled_at_the_server()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        var call = await test.CallAsync(new Invoke("eth_getLogs"));
        await call.CancelAsync();

        Assert.Equal("""{"method":"$/cancelRequest","params":[1],"jsonrpc":"2.0"}""", test.SentTexts[^1]);
    }

    [Fact]
    public async Task A_notification_has_no_id()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        await test.PostAsync(new Notify("client_hello", [JsonValue.Create("late")]));

        Assert.Equal(["""{"method":"client_hello","params":["late"],"jsonrpc":"2.0"}"""], test.SentTexts);
    }

    [Fact]
    public async Task A_feed_is_read_under_the_id_that_the_server_gives_and_left_with_it()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        await using var reader = await test.SubscribeAsync(s_heads);
        Assert.Equal(["""{"method":"eth_subscribe","params":["newHeads"],"id":1,"jsonrpc":"2.0"}"""], test.SentTexts);
        Assert.False(reader.IsConfirmed);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":1,"result":"0xcd"}""");
        Assert.True(reader.IsConfirmed);
        await test.ReceiveAsync(Update("0xcd", 7));
        await test.ReceiveAsync(Update("0xother", 8));

        Assert.Equal(7, (await reader.NextAsync()).GetInt32());
        await Assert.ThrowsAsync<LateTestException>(reader.NextAsync);
        await reader.LeaveAsync();
        Assert.Equal("""{"method":"eth_unsubscribe","params":["0xcd"],"id":2,"jsonrpc":"2.0"}""", test.SentTexts[^1]);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":2,"result":true}""");
        Assert.Equal(0, test.CallsInProgress);
    }

    [Fact]
    public async Task A_feed_that_is_left_before_the_server_has_answered_is_left_when_its_id_is_known()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        await using var reader = await test.SubscribeAsync(s_heads);
        await test.AdvanceAsync(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<LateCallTimeoutException>(reader.NextAsync);
        Assert.Single(test.SentTexts);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":1,"result":"0xcd"}""");

        Assert.Equal("""{"method":"eth_unsubscribe","params":["0xcd"],"id":2,"jsonrpc":"2.0"}""", test.SentTexts[^1]);
    }

    [Fact]
    public async Task A_feed_that_the_server_refuses_fails_its_subscriber()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        await using var reader = await test.SubscribeAsync(s_heads);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no such feed"}}""");

        Assert.Equal("no such feed", (await Assert.ThrowsAsync<RpcException>(reader.NextAsync)).Message);
    }

    [Fact]
    public async Task A_feed_is_restored_in_the_next_session_under_another_id()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        await using var reader = await test.SubscribeAsync(s_heads);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":1,"result":"0xcd"}""");
        await test.ReceiveAsync(Update("0xcd", 1));
        await test.DisconnectAsync();
        test.ClearSent();
        await test.ConnectAsync();
        Assert.Equal(["""{"method":"eth_subscribe","params":["newHeads"],"id":2,"jsonrpc":"2.0"}"""], test.SentTexts);
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":2,"result":"0xef"}""");
        await test.ReceiveAsync(Update("0xcd", 2));
        await test.ReceiveAsync(Update("0xef", 3));

        Assert.Equal(1, (await reader.NextAsync()).GetInt32());
        Assert.Null((await Assert.ThrowsAsync<LateGapException>(reader.NextAsync)).Dropped);
        Assert.Equal(3, (await reader.NextAsync()).GetInt32());
    }

    [Fact]
    public async Task A_request_of_the_server_is_refused()
    {
        await using var test = await LateHandlerTest.ConnectAsync(new RpcHandler());
        await test.ReceiveAsync("""{"jsonrpc":"2.0","id":"a","method":"ask","params":{}}""");

        Assert.Equal(["""{"id":"a","error":{"code":-32601,"message":"Method not found."},"jsonrpc":"2.0"}"""], test.SentTexts);
    }

    private static string Update(string subscription, int number) =>
        $$$"""{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"{{{subscription}}}","result":{{{number}}}}}""";
}
