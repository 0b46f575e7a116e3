using System.Globalization;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Connection.Calls;

/// <summary>A protocol that allows one request at a time, on the simulated clock: some requests have no answer, some callers cancel.</summary>
public sealed class OcppTests
{
    private const int Calls = 100;
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_queueTimeout = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_P19_of_a_hundred_calls_one_is_outstanding_at_a_time_and_each_that_the_server_answers_is_replied_to()
    {
        var pending = new LatePendingCalls();
        var handler = new ScriptedHandler
        {
            Call = (request, call, state, _) => LateResult.Send(state, LateFrame.Text($"{pending.Add(call)} {request.Text}")),
            CallEnd = (end, state, _) => LateResult.Ok(state),
            In = (frame, state, _) =>
            {
                pending.Reply(int.Parse(frame.GetText(), CultureInfo.InvariantCulture), "yes");
                return LateResult.Ok(state);
            },
        };
        await using var host = new TestHost(handler, static options =>
            (options.MaxConcurrentCalls, options.QueueTimeout, options.KeepAliveInterval) = (1, s_queueTimeout, TimeSpan.FromHours(1)));
        var socket = await host.ReadyAsync();
        var callers = Enumerable.Range(0, Calls).Select(static _ => new CancellationTokenSource()).ToArray();
        var calls = callers.Select((caller, i) => host.Client.CallAsync(new Watched($"{i}"), caller.Token)).ToArray();

        // Every eleventh caller cancels while its call waits, and every thirteenth while the server works on it.
        foreach (var caller in callers.Where(static (_, i) => IsCanceledEarly(i)))
        {
            await caller.CancelAsync();
        }

        var began = host.Time.GetUtcNow();
        for (var i = 0; i < Calls; i++)
        {
            if (IsCanceledEarly(i))
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[i]);
                continue;
            }

            // The next is sent, and no other before it is over at the server.
            var words = (await socket.SentAsync()).Split(' ');
            Assert.Equal($"{i}", words[1]);
            Assert.InRange(host.Time.GetUtcNow() - began, TimeSpan.Zero, s_queueTimeout);
            await host.Client.PostAsync(new Note($"after {i}"), Token);
            await handler.SkipToAsync($"Info after {i}");
            Assert.False(socket.TrySent(out _));
            if (IsUnanswered(i))
            {
                host.Time.Advance(s_callTimeout);
                await Assert.ThrowsAnyAsync<Exception>(() => calls[i]);
                await handler.SkipToAsync($"CallEnd {i} TimedOut");
                continue;
            }

            if (i % 13 == 12)
            {
                await callers[i].CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[i]);
                await handler.SkipToAsync($"CallEnd {i} Canceled");
                Assert.False(socket.TrySent(out _));
                socket.Send(words[0]);
                continue;
            }

            socket.Send(words[0]);
            Assert.Equal("yes", await calls[i]);
        }

        Assert.Equal(0, pending.Count);
        Assert.Equal(s_callTimeout * Enumerable.Range(0, Calls).Count(static i => !IsCanceledEarly(i) && IsUnanswered(i)), host.Time.GetUtcNow() - began);
        Array.ForEach(callers, static caller => caller.Dispose());
    }

    private static bool IsCanceledEarly(int i) => i % 11 == 10;

    private static bool IsUnanswered(int i) => i % 7 == 6;
}
