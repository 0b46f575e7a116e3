using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Connection.Sending;

namespace Late.Hosting.Testing.Wire;

/// <summary>
/// A frame that the kit sends behind all items: when it is written, what was admitted before it is handled and sent. Received
/// frames have an order of their own; <see cref="Mailbox.HasReceived"/> knows of them. No test sees it.
/// </summary>
internal static class Mark
{
    private static readonly byte[] s_payload = Guid.NewGuid().ToByteArray();

    public static bool Is(LateFrame frame) => frame.Kind == LateFrameKind.Pong && frame.Payload.Span.SequenceEqual(s_payload);

    /// <summary>
    /// Waits until the connection is at rest: it has read everything, and its runner takes two marks with nothing between
    /// them. What a callback leaves to do stands behind the first, and is done before the second.
    /// </summary>
    /// <param name="connection">The connection, whether its calls are held or not.</param>
    /// <param name="untilReadAsync">Waits until everything is read and no timer is due, or for the end of the session.</param>
    /// <param name="untilAsync">Waits for a mark, or for the end of the session.</param>
    /// <param name="limit">How long it may take, in real time: a handler may post to itself without end.</param>
    /// <param name="describe">Describes why it may not come to rest.</param>
    /// <returns>False where the session has ended first.</returns>
    /// <exception cref="LateTestException">It has not come to rest within the limit.</exception>
    public static async Task<bool> TryRestAsync(
        ConnectionContext connection, Func<Task> untilReadAsync, Func<Task, Task> untilAsync, TimeSpan limit, Func<string> describe)
    {
        var began = TimeProvider.System.GetTimestamp();
        long? before = null;
        while (true)
        {
            await untilReadAsync().ConfigureAwait(false);
            if (await TryPassAsync(connection, untilAsync).ConfigureAwait(false) is not { } number)
            {
                return false;
            }

            if (number == before + 1 && !connection.Mailbox.HasReceived)
            {
                return true;
            }

            before = number;
            if (TimeProvider.System.GetElapsedTime(began) > limit)
            {
                throw new LateTestException(describe());
            }
        }
    }

    /// <summary>Sends a mark, and waits until it is written.</summary>
    /// <returns>The number of its callback in the runner; null where the session has ended with it.</returns>
    private static async Task<long?> TryPassAsync(ConnectionContext connection, Func<Task, Task> untilAsync)
    {
        var mark = new Item(connection);
        mark.Suspend();
        if (!connection.Mailbox.SubmitOwn(mark))
        {
            return null;
        }

        var sent = mark.WaitAsync(null, CancellationToken.None).AsTask();
        await untilAsync(sent).ConfigureAwait(false);
        if (!sent.IsCompleted && connection.Mailbox.Withdraw(mark))
        {
            return null;
        }

        await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return sent.IsCompletedSuccessfully ? mark.Number : null;
    }

    private sealed class Item(ConnectionContext connection) : SendItem(LateFrame.Pong(s_payload), connection)
    {
        public long Number { get; private set; }

        public override ValueTask HandleAsync(Runner runner)
        {
            Number = runner.Callback.Number;
            return base.HandleAsync(runner);
        }
    }
}
