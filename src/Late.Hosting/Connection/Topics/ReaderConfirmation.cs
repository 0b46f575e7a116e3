using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Topics;

/// <summary>What a subscriber waits for: that its topic is confirmed, or that it is not.</summary>
internal sealed class ReaderConfirmation
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the topic is confirmed; failed where the reader ends before.</summary>
    public Task Task => _completion.Task;

    /// <summary>The topic is confirmed, or ends.</summary>
    /// <param name="failure">Why it ends; null where it is confirmed, or complete.</param>
    public void Set(Exception? failure)
    {
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else if (_completion.TrySetException(failure))
        {
            // Its subscriber may have left in this moment.
            _ = _completion.Task.Observed();
        }
    }

    /// <summary>The subscriber waits no longer; false where it does not wait any more.</summary>
    public bool TryAbandon(Exception exception) =>
        exception is OperationCanceledException canceled ? _completion.TrySetCanceled(canceled.CancellationToken) : _completion.TrySetException(exception);
}
