using System.Globalization;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>Promise P16: received frames do not delay what is due, and what is due does not stop the frames.</summary>
public sealed class DueTests
{
    private const int FramesPerRead = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, bool> Backlogs =>
        new(from frames in new[] { 1, 100, 10_000 } from awaits in new[] { false, true } select (frames, awaits));

    [Theory] // A post, a call, a send and a heartbeat that become due during a frame's callback run before the next frame.
    [MemberData(nameof(Backlogs))]
    public async Task What_becomes_due_in_a_callback_runs_before_the_next_frame(int frames, bool awaits)
    {
        var first = new TaskCompletionSource();
        var handler = new ScriptedHandler
        {
            In = async (frame, state, _) =>
            {
                if (frame.GetText() == "first")
                {
                    await first.Task;
                }
                else if (awaits)
                {
                    await Task.Yield();
                }

                return LateResult.Ok(state);
            },
        };
        handler.Connect = (state, _) =>
        {
            handler.Client.PostAfter(TimeSpan.FromSeconds(1), new Note("heartbeat"));
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("first");
        await handler.SkipToAsync("In first");
        await QueueAsync(host, socket, frames);

        await host.Client.PostAsync(new Note("post"), Token);
        var call = host.Client.CallAsync(new Ask("call"), Token);
        var sent = host.Client.SendAsync(LateFrame.Text("sent"), Token);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        first.SetResult();

        Assert.Equal("Info post", await handler.NextAsync());
        Assert.Equal("Call call", await handler.NextAsync());
        Assert.Equal("Info heartbeat", await handler.NextAsync());
        for (var i = 0; i < frames; i++)
        {
            Assert.Equal($"In {i}", await handler.NextAsync());
        }

        await call;
        await sent;
        Assert.Equal("sent", await socket.SentAsync());
    }

    [Fact] // A handler that posts to itself without end gets one post between two frames, and every frame.
    public async Task Frames_are_still_handled_under_a_handler_that_posts_to_itself()
    {
        const int Frames = 1000;
        var first = new TaskCompletionSource();
        var seen = new List<string>();
        var done = new TaskCompletionSource();
        var handler = new ScriptedHandler();
        handler.In = async (frame, state, _) =>
        {
            if (frame.GetText() == "first")
            {
                await handler.Client.PostAsync(new Note("again"), Token);
                await first.Task;
            }

            seen.Add("In");
            if (seen.Count(static callback => callback == "In") > Frames)
            {
                done.SetResult();
            }

            return LateResult.Ok(state);
        };
        handler.Info = async (note, state, _) =>
        {
            seen.Add("Info");
            await handler.Client.PostAsync(note, Token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Send("first");
        await handler.SkipToAsync("In first");
        await QueueAsync(host, socket, Frames);
        first.SetResult();

        await done.Task;
        var pairs = seen.Take(2 * Frames).Chunk(2);
        Assert.All(pairs, static pair => Assert.Equal(["In", "Info"], pair));
    }

    /// <summary>The server sends frames, and they wait for the handler.</summary>
    private static async Task QueueAsync(TestHost host, FakeSocket socket, int frames)
    {
        var connection = host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single();
        var depth = connection.GetStatistics().MailboxDepth;
        var reads = Enumerable.Range(0, frames).Chunk(FramesPerRead).ToArray();
        foreach (var read in reads)
        {
            socket.Send([.. read.Select(static i => i.ToString(CultureInfo.InvariantCulture))]);
        }

        while (connection.GetStatistics().MailboxDepth < depth + reads.Length)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
