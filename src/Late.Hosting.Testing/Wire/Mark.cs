using Late.Hosting.Connection;

namespace Late.Hosting.Testing.Wire;

/// <summary>
/// A frame that the kit sends behind all items: when it is written, what was admitted before it is handled and sent. Received
/// frames have an order of their own; <see cref="Mailbox.HasReceived"/> knows of them. No test sees it.
/// </summary>
internal static class Mark
{
    private static readonly byte[] s_payload = Guid.NewGuid().ToByteArray();

    public static bool Is(LateFrame frame) => frame.Kind == LateFrameKind.Pong && frame.Payload.Span.SequenceEqual(s_payload);

    /// <summary>Sends a mark, and waits until it is written.</summary>
    /// <param name="connection">The connection, whether its calls are held or not.</param>
    /// <param name="untilAsync">Waits for the mark, or for the end of the session.</param>
    /// <returns>False where the session has ended with it.</returns>
    public static async Task<bool> TryPassAsync(ConnectionCore connection, Func<Task, Task> untilAsync)
    {
        var mark = SendItem.Create(LateFrame.Pong(s_payload), connection, LateWhenNotReady.Wait);
        if (!connection.Mailbox.SubmitOwn(mark))
        {
            return false;
        }

        var sent = mark.WaitAsync(null, CancellationToken.None).AsTask();
        await untilAsync(sent).ConfigureAwait(false);
        if (!sent.IsCompleted && connection.Mailbox.Withdraw(mark))
        {
            return false;
        }

        await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return sent.IsCompletedSuccessfully;
    }
}
