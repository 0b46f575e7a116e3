using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>A received frame lives as long as its callback: after that it throws, and never shows another message.</summary>
public sealed class KeptFrameTests
{
    private static readonly JsonTypeInfo<JsonElement> s_json = (JsonTypeInfo<JsonElement>)JsonSerializerOptions.Default.GetTypeInfo(typeof(JsonElement));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedTheory] // The whole payload of 60,000 messages, in callbacks that complete immediately and in awaiting ones.
    [InlineData(false, LateCompression.Off)]
    [InlineData(true, LateCompression.Off)]
    [InlineData(false, LateCompression.Deflate)]
    public async Task Every_frame_that_was_kept_throws_and_names_ToArray(bool awaits, LateCompression compression)
    {
        const int Messages = 60_000;
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri, options => options.Compression = compression);
        var kept = new ConcurrentQueue<LateFrame>();
        var texts = new ConcurrentQueue<string>();
        var all = new TaskCompletionSource();
        var after = new TaskCompletionSource();
        var last = default(LateFrame);
        var earlier = 0;
        app.Script.In = async (frame, state, _) =>
        {
            if (awaits && state % 100 == 0)
            {
                await Task.Yield();
            }

            kept.Enqueue(frame);
            texts.Enqueue(frame.GetText());
            if (state > 0 && Record.Exception(() => last.Payload) is InvalidOperationException)
            {
                earlier++;
            }

            last = frame;
            if (state == Messages - 1)
            {
                all.SetResult();
            }

            return LateResult.Ok(state + 1);
        };
        app.Script.Info = (_, state, _) =>
        {
            after.SetResult();
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        for (var i = 0; i < Messages; i++)
        {
            await peer.SendPartAsync(i % 7 == 0 ? "" : "{}", isLast: i % 7 != 0);
            if (i % 7 == 0)
            {
                await peer.SendPartAsync($"[{i}]", isLast: true);
            }
        }

        // P1: what is posted after the last callback began runs after it has completed.
        await all.Task.WaitAsync(Token);
        await app.Client.PostAsync(new Note(""), Token);
        await after.Task.WaitAsync(Token);
        Assert.Equal(Messages - 1, earlier);
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => i % 7 == 0 ? $"[{i}]" : "{}"), texts);
        foreach (var frame in kept)
        {
            AssertExpired(frame);
        }
    }

    [BoundedFact]
    public async Task A_frame_stays_valid_until_its_awaiting_callback_has_completed()
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var release = new TaskCompletionSource();
        var kept = new TaskCompletionSource<LateFrame>();
        app.Script.In = async (frame, state, _) =>
        {
            if (state == 0)
            {
                kept.SetResult(frame);
                await release.Task;
                Assert.Equal("the first", frame.GetText());
            }

            return LateResult.Send(state + 1, frame);
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("the first");
        var first = await kept.Task;
        for (var i = 0; i < 1000; i++)
        {
            await peer.SendAsync($"{i}");
        }

        Assert.Equal("the first", first.GetText());
        release.SetResult();
        Assert.Equal("the first", await peer.ReceiveAsync());
        Assert.Equal("0", await peer.ReceiveAsync());
        AssertExpired(first);
    }

    [BoundedTheory] // P2: a result with a frame that has expired is not applied at all, and the log names what to do.
    [InlineData(false)]
    [InlineData(true)]
    public async Task P2_an_expired_frame_in_a_result_is_an_error_of_its_callback(bool inList)
    {
        await using var server = await TestServer.StartAsync();
        await using var app = new TestApp(server.Uri);
        var kept = default(LateFrame);
        app.Script.In = (frame, state, _) =>
        {
            var before = kept;
            kept = frame;
            var good = LateFrame.Text("never sent");
            return state != 1 ? LateResult.Send(state + 1, frame) : inList ? LateResult.Send(state + 1, good, before) : LateResult.Send(state + 1, before);
        };
        var peer = await app.StartAsync(server);
        await peer.SendAsync("0");
        Assert.Equal("0", await peer.ReceiveAsync());
        await peer.SendAsync("1");
        var entry = await app.Logs.NextAsync("CallbackThrew");
        Assert.Contains("ToArray", entry.Exception!.Message, StringComparison.Ordinal);
        app.Script.In = (frame, state, _) => LateResult.Send(state, LateFrame.Text($"state {state}"));
        await peer.SendAsync("2");
        Assert.Equal("state 1", await peer.ReceiveAsync());
    }

    [BoundedFact] // SendAsync takes a received frame with its memory: the callback need not wait for it.
    public async Task A_received_frame_can_be_forwarded_without_waiting()
    {
        await using var server = await TestServer.StartAsync();
        await using var other = await TestServer.StartAsync();
        await using var target = new TestApp(other.Uri);
        await using var app = new TestApp(server.Uri);
        var targetPeer = await target.StartAsync(other);
        var sends = new ConcurrentQueue<Task>();
        var kept = default(LateFrame);
        app.Script.In = (frame, state, _) =>
        {
            kept = frame;
            sends.Enqueue(target.Client.SendAsync(frame, default, CancellationToken.None).AsTask());
            return LateResult.Ok(state);
        };
        var peer = await app.StartAsync(server);
        for (var i = 0; i < 2000; i++)
        {
            await peer.SendAsync($"message {i}");
        }

        for (var i = 0; i < 2000; i++)
        {
            Assert.Equal($"message {i}", await targetPeer.ReceiveAsync());
        }

        await Task.WhenAll(sends);
        await app.Life.SkipToAsync("In message 1999");
        await app.Client.PostAsync(new Note("after it"), Token);
        Assert.Equal("after it", await peer.ReceiveAsync());
        var exception = await Assert.ThrowsAnyAsync<InvalidOperationException>(async () => await target.Client.SendAsync(kept, default, Token));
        Assert.Contains("ToArray", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertExpired(LateFrame frame)
    {
        Assert.All<Func<object?>>(
            [() => frame.Payload, () => frame.GetText(), () => frame.ToArray(), () => frame.ReadJson(s_json)],
            read => Assert.Contains("ToArray", Assert.ThrowsAny<InvalidOperationException>(() => read()).Message, StringComparison.Ordinal));
        Assert.True(frame.IsText);
        Assert.Equal("Text frame", $"{frame}");
    }
}
