using Late.Hosting.Diagnostics;
using Late.Hosting.Transport;

namespace Late.Hosting.Connection.Lifecycle;

/// <summary>
/// The connection that is to follow an open session. Its attempt ends with that session until it is detached from it; from then on the
/// next session takes its outcome, however the old one ends.
/// </summary>
internal sealed class Candidate
{
    private readonly CancellationTokenSource _canceled = new();
    private readonly TaskCompletionSource<WebSocketConnection> _connection = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isDetached;
    private volatile bool _isMade;

    // A failure may have no reader: one that the handler of an open session is notified of.
    public Candidate() => _ = _connection.Task.Observed();

    /// <summary>How the session is to end by it, and what was requested with that.</summary>
    public required SessionEnd Request { get; init; }

    /// <summary>True from when its attempt outlasts the session; the lifecycle alone writes it, under its lock.</summary>
    public bool IsDetached { get => _isDetached; internal set => _isDetached = value; }

    /// <summary>True from when it has connected; the lifecycle alone writes it, under its lock.</summary>
    public bool IsMade { get => _isMade; internal set => _isMade = value; }

    /// <summary>Whether a first message has come on the connection before its end; null before it is made.</summary>
    public Task<bool>? FirstMessage { private get; set; }

    /// <summary>True where the switch waits for that message.</summary>
    public bool AwaitsMessage { private get; set; }

    /// <summary>True where a message has come on the connection.</summary>
    public bool HasMessage => FirstMessage is { IsCompletedSuccessfully: true, Result: true };

    /// <summary>True where nothing is waited for any more: the connection becomes a session.</summary>
    public bool TakesOver => IsMade && (!AwaitsMessage || HasMessage);

    /// <summary>The connection; where its attempt fails or is canceled, the exception.</summary>
    public Task<WebSocketConnection> Connection => _connection.Task;

    /// <summary>True where its attempt has failed.</summary>
    public bool HasFailed => _connection.Task.IsFaulted;

    /// <summary>Canceled when its attempt is no longer needed.</summary>
    public CancellationToken Canceled => _canceled.Token;

    /// <summary>The configured address that its attempt has gone to; null where that was another one, or it did not come so far.</summary>
    public Uri? Address { get; set; }

    /// <summary>The attempt has connected.</summary>
    public void Complete(WebSocketConnection connection) => _connection.SetResult(connection);

    /// <summary>The attempt has failed, or was canceled.</summary>
    public void Fail(Exception exception) => _connection.SetException(exception);

    /// <summary>The session has ended, or closes.</summary>
    public void OnSessionLeft()
    {
        if (!IsDetached)
        {
            _canceled.Cancel();
        }
    }

    /// <summary>Cancels its attempt, and ends the connection where that has been made.</summary>
    /// <returns>Done when what listens to the token was notified.</returns>
    public Task DiscardAsync()
    {
        // Immediately, where it is there: the next session may begin in a moment.
        _ = _connection.Task.ContinueWith(
            static made => made.Result.DiscardAsync(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return _canceled.CancelAsync();
    }
}
