using System.Globalization;
using Late.Hosting.HostilePeer.Oracle;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Client;

/// <summary>What the application does until its end, and whether every call of it ends in time (promise P5).</summary>
internal sealed class Callers(Facts facts, SecretWatch watch, ILateClient<HostileHandler> client)
{
    // One pong answers both: what one read brings.
    private const int PongTicks = 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(8);

    private readonly CancellationTokenSource _ended = new();
    private int _numbers;

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(1, facts.Script.Callers.Callers).Select(number =>
        Task.Run(() => RunAsync(new Dice((facts.Script.Seed * 100) + (ulong)number)))).Append(Task.Run(TwoPingsAsync)).Append(Task.Run(ReconnectWhileLogBlocksAsync)));

    public void End() => _ended.Cancel();

    private async Task RunAsync(Dice dice)
    {
        var plan = facts.Script.Callers;
        while (!_ended.IsCancellationRequested)
        {
            Func<Task>? act = dice.Weighted<Func<Task>?>(
                (plan.Calls ? 6 : 0, () => CallAsync(dice.PickEnum<AskKind>())), (plan.Posts ? 4 : 0, PostAsync), (plan.Sends ? 4 : 0, SendAsync),
                (plan.Pings ? 1 : 0, PingAsync), (plan.Reconnects ? 1 : 0, ReconnectAsync), (1, null));
            if (act is not null)
            {
                await act();
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    private async Task CallAsync(AskKind kind)
    {
        var number = Interlocked.Increment(ref _numbers);
        var isReplied = false;
        await EndsAsync($"a call that {kind} answers", Control.Ticks(facts.Script.Client.CallTimeout), async _ =>
        {
            try
            {
                var reply = await client.CallAsync(new Ask(number, kind), CancellationToken.None);
                facts.Require(reply == number, "P5", $"call {number} got the reply of {reply}");
                isReplied = true;
            }
            catch (LateException exception) when (exception.Delivery == LateDelivery.NotDelivered && facts.Calls.Taken.ContainsKey(number))
            {
                facts.Break("P6", $"a call that the handler has seen is reported as not delivered: {exception.Message}");
            }
        });
        facts.Calls.End(isReplied);
    }

    private async Task PostAsync()
    {
        var note = new Note();
        var before = int.MaxValue;
        await EndsAsync("a post", Control.Ticks(facts.Script.Client.CallTimeout), async token =>
        {
            await client.PostAsync(note, token);
            before = facts.Life.Frames;
        });

        // Between its acceptance and its callback at most the frame whose callback runs, and the next one, are handled.
        if (before < int.MaxValue && await Control.EndsAsync(note.Handled, Control.Ticks(facts.Script.Client.CallTimeout)))
        {
            var frames = await note.Handled - before;
            facts.Require(frames <= 2, "P16", $"callbacks of frames ran before a post that was accepted before them: {(frames > 10 ? "more than ten" : frames)}");
        }
    }

    private async Task SendAsync()
    {
        var number = Interlocked.Increment(ref _numbers);
        var bound = facts.Script.Client.CallTimeout + facts.Script.Client.SendTimeout + facts.Script.Client.CloseTimeout;
        await EndsAsync("a send", Control.Ticks(bound), async token =>
        {
            try
            {
                await client.SendAsync(LateFrame.Text(string.Create(CultureInfo.InvariantCulture, $"s {number} 0 {Secrets.Payload}")), token);
            }
            catch (LateException exception)
            {
                facts.Calls.FailedSends[number] = exception;
                throw;
            }
        });
        if (!facts.Script.Callers.Calls)
        {
            facts.Calls.End(isReplied: true);
        }
    }

    private Task PingAsync() => EndsAsync("a ping", Control.Ticks(facts.Script.Client.CallTimeout), async token => await client.PingAsync(token));

    // Two concurrent ones, of which the server answers the second: it acknowledges both (RFC 6455 §5.5.3).
    private async Task TwoPingsAsync()
    {
        if (facts.Script.Attempts is not [{ Pongs: PongKind.EverySecond, Steps: [{ Kind: StepKind.AwaitReady }, ..] }] || facts.Script.Callers.Reconnects)
        {
            return;
        }

        await Control.ComesAsync(() => facts.WasReady || facts.IsEnding, Control.Slack);
        var pings = new[] { client.PingAsync(_ended.Token), client.PingAsync(_ended.Token) };
        await Control.ComesAsync(() => pings[1].IsCompleted || facts.IsEnding, Control.Slack);
        if (pings[1].IsCompletedSuccessfully)
        {
            await Control.ComesAsync(() => pings[0].IsCompleted || facts.IsEnding, PongTicks);
            facts.Require(pings[0].IsCompletedSuccessfully, "P5", "the second of two pings was answered, and the first was not taken for answered (RFC 6455 §5.5.3)");
        }

        Observe(pings);
    }

    private async Task ReconnectAsync()
    {
        facts.Requests.Interrupt();
        facts.Record("application: ReconnectAsync");
        await EndsAsync("ReconnectAsync", Control.Ticks(facts.Script.Client.CloseTimeout), token => client.ReconnectAsync("the application wants to", token));
        facts.Requests.Interrupt();
    }

    // A log that blocks holds up only the thread that writes to it.
    private async Task ReconnectWhileLogBlocksAsync()
    {
        if (facts.Script.Client.LogBlocks)
        {
            await Control.ComesAsync(() => facts.IsLogBlocked || facts.IsEnding, Control.Slack);
            if (facts.IsLogBlocked)
            {
                await ReconnectAsync();
            }

            facts.LogGate.Set();
        }
    }

    /// <summary>Runs something that ends within a time, whose token ends what has no time of its own.</summary>
    private async Task EndsAsync(string what, long ticks, Func<CancellationToken, Task> run)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(facts.Script.Client.CallTimeout), TimeProvider.System);
        var running = Task.Run(() => run(limit.Token));
        if (!await Control.EndsAsync(running, ticks + Control.Slack))
        {
            facts.Break("P5", $"{what} has not ended");
            Observe([running]);
            return;
        }

        try
        {
            await running;
        }
        catch (Exception exception)
        {
            watch.Check(exception);
            facts.Require(exception is LateException or LateCallTimeoutException or OperationCanceledException, "P5", $"{what} failed with {exception.GetType().Name}: {exception.Message}");
        }
    }

    private static void Observe(IEnumerable<Task> tasks)
    {
        foreach (var task in tasks)
        {
            _ = task.ContinueWith(static failed => _ = failed.Exception, TaskScheduler.Default);
        }
    }
}
