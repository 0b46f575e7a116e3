using System.Runtime.CompilerServices;
using Late.Hosting.Connection.Mailboxes;
using Late.Hosting.WebSockets;

namespace Late.Hosting.Connection.Sessions;

/// <summary>
/// What the reader waits for after it has filled the mailbox: the next read. Where nothing has come yet, the thread has
/// nothing else to do, and runs the callbacks itself; the reader continues elsewhere as soon as more comes, also while they
/// run. A wake-up of another thread costs more than most callbacks.
/// </summary>
internal readonly struct NextRead(ValueTask<FrameBatch?> next, Mailbox mailbox) : ICriticalNotifyCompletion
{
    private readonly ConfiguredValueTaskAwaitable<FrameBatch?>.ConfiguredValueTaskAwaiter _next = next.ConfigureAwait(false).GetAwaiter();

    public bool IsCompleted
    {
        get
        {
            if (!_next.IsCompleted)
            {
                return false;
            }

            mailbox.Wake();
            return true;
        }
    }

    public NextRead GetAwaiter() => this;

    public FrameBatch? GetResult() => _next.GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        // From here on the reader may continue at any moment, on another thread.
        _next.UnsafeOnCompleted(continuation);
        mailbox.RunHere();
    }
}
