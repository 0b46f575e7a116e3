using System.Diagnostics;
using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Callbacks;

/// <summary>
/// <c>HandleConnecting</c> for an attempt that is made while a session is open: it runs between the other callbacks of the session, and
/// takes no room in the mailbox.
/// </summary>
internal sealed class ConnectingItem : MailboxItem
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LateHandshakeContext _handshake;
    private readonly CancellationToken _canceled;

    // The runner handles it in its own flow, and it belongs to the trace of the attempt.
    private readonly ActivityContext _attempt = Activity.Current?.Context ?? default;

    private ConnectingItem(LateHandshakeContext handshake, CancellationToken canceled)
    {
        (_handshake, _canceled) = (handshake, canceled);

        // An attempt that was canceled does not wait for it.
        _ = _completion.Task.Observed();
    }

    public override bool TakesRoom => false;

    public override string CallbackName => "HandleConnecting";

    /// <summary>Runs the callback in an open session.</summary>
    /// <param name="mailbox">The connection's mailbox.</param>
    /// <param name="session">The session.</param>
    /// <param name="handshake">The attempt's request.</param>
    /// <param name="cancellationToken">Canceled when the attempt is, with the end of the session at the latest.</param>
    /// <returns>Done when the callback is; canceled with the attempt, where the callback has not begun or continues.</returns>
    public static async Task RunAsync(Mailbox mailbox, SessionLife session, LateHandshakeContext handshake, CancellationToken cancellationToken)
    {
        var item = new ConnectingItem(handshake, cancellationToken);
        try
        {
            // Where the session has ended, the attempt is canceled, or will be in a moment.
            mailbox.SubmitOwn(item, session);
            await item._completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            mailbox.Withdraw(item);
        }
    }

    public override void Refuse(ConnectionFailure failure)
    {
    }

    public override async ValueTask HandleAsync(Runner runner)
    {
        _canceled.ThrowIfCancellationRequested();
        await runner.Life.ConnectingInSessionAsync(_handshake, _attempt, _canceled).ConfigureAwait(false);
        _completion.TrySetResult();
    }

    public override bool TryFail(Exception exception)
    {
        _completion.TrySetException(exception);
        return true;
    }
}
