using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary><see cref="LateConnectionOptions.MaxConcurrentCalls"/> on real threads: calls, replies, cancellations and releases at the same moments.</summary>
public sealed class CallSlotLoadTests
{
    private const int Slots = 3;

    private readonly ScriptedHandler _handler = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_calls_than_slots_are_in_progress_and_no_slot_is_lost()
    {
        var (inProgress, most) = (0, 0);
        _handler.Call = (request, call, state, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inProgress));
            _ = Task.Run(
                () =>
                {
                    Interlocked.Decrement(ref inProgress);
                    call.Reply(request.Text);
                },
                token);
            return LateResult.Ok(state);
        };
        await using var host = new TestHost(_handler, static options => options.MaxConcurrentCalls = Slots);
        await host.ReadyAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => CallAsync(host, new Random(number)), Token)));
        Assert.InRange(most, 1, Slots);

        // All slots are free again: as many calls are in progress together.
        var (pending, all) = (new LatePendingCalls(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _handler.Call = (_, call, state, _) =>
        {
            if (pending.Add(call) == Slots)
            {
                all.SetResult();
            }

            return LateResult.Ok(state);
        };
        var last = Enumerable.Range(0, Slots).Select(_ => host.Client.CallAsync(new Ask("last"), Token)).ToArray();
        await all.Task.WaitAsync(Token);
        pending.FailAll(new FormatException());
        foreach (var call in last)
        {
            await Assert.ThrowsAsync<FormatException>(() => call);
        }
    }

    private static async Task CallAsync(TestHost host, Random random)
    {
        for (var i = 0; i < 200; i++)
        {
            using var caller = new CancellationTokenSource();
            var call = random.Next(2) == 0 ? host.Client.CallAsync(new Ask("a"), caller.Token) : host.Client.CallAsync(new Watched("a"), caller.Token);
            if (random.Next(3) == 0)
            {
                await caller.CancelAsync();
            }

            await Task.WhenAny(call);
        }
    }
}
