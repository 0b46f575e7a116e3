using Late.Hosting.Connection;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;

namespace Late.Hosting.Testing.Harness;

/// <summary>A post that the kit makes behind all others that need no session: what was admitted before it is handled. No handler sees it.</summary>
internal sealed class Rest : MailboxItem
{
    private readonly TaskCompletionSource<long?> _number = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Rest() => RunsWithoutSession = true;

    public override bool TakesRoom => false;

    /// <summary>Waits until the connection, while it has no session, takes two of these with nothing between them.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="limit">How long it may take, in real time.</param>
    /// <param name="describe">Describes why none may be taken.</param>
    /// <param name="describeUnrest">Describes why it may not come to rest.</param>
    /// <returns>Done then, or when the connection has ended.</returns>
    /// <exception cref="LateTestException">It has not come to rest within the limit.</exception>
    public static async Task WaitAsync(ConnectionContext connection, TimeSpan limit, Func<string> describe, Func<string> describeUnrest)
    {
        var began = TimeProvider.System.GetTimestamp();
        long? before = null;
        while (true)
        {
            var rest = new Rest();
            connection.Mailbox.SubmitOwn(rest);
            await rest._number.Task.WithinAsync(limit, describe).ConfigureAwait(false);
            var number = await rest._number.Task.ConfigureAwait(false);
            if (number is null || number == before + 1)
            {
                return;
            }

            before = number;
            if (TimeProvider.System.GetElapsedTime(began) > limit)
            {
                throw new LateTestException(describeUnrest());
            }
        }
    }

    public override void Refuse(ConnectionFailure failure) => _number.TrySetResult(null);

    public override ValueTask HandleAsync(Runner runner)
    {
        _number.TrySetResult(runner.Callback.Number);
        return default;
    }
}
