using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Mailboxes;

/// <summary>The delayed posts of one session, or of one life; they end with it.</summary>
/// <param name="connection">The connection.</param>
/// <param name="session">The session; null for those of a life.</param>
internal sealed class DelayedPosts(ConnectionContext connection, SessionLife? session = null)
{
    private readonly Gate _gate = new();
    private HashSet<DelayedPost>? _posts;
    private bool _isOver;

    public IDisposable Start(TimeSpan delay, MailboxItem item)
    {
        var post = new DelayedPost(this, item);
        using (_gate.Enter())
        {
            if (_isOver)
            {
                // It belongs to what has just ended, and ends with it.
                return post;
            }

            (_posts ??= []).Add(post);
        }

        post.Start(connection.Time, delay);
        return post;
    }

    public void Stop()
    {
        DelayedPost[] posts;
        using (_gate.Enter())
        {
            _isOver = true;
            posts = [.. _posts ?? []];
        }

        foreach (var post in posts)
        {
            post.Dispose();
        }
    }

    private sealed class DelayedPost(DelayedPosts owner, MailboxItem item) : IDisposable
    {
        private ITimer? _timer;
        private bool _isOver;

        public void Start(TimeProvider time, TimeSpan delay)
        {
            var timer = time.CreateTimer(static post => ((DelayedPost)post!).OnDue(), this, delay, Timeout.InfiniteTimeSpan);
            using (owner._gate.Enter())
            {
                _timer = timer;
                if (!_isOver)
                {
                    return;
                }
            }

            timer.Dispose();
        }

        public void Dispose() => TryEnd();

        private void OnDue()
        {
            if (TryEnd())
            {
                owner.Submit(item);
            }
        }

        private bool TryEnd()
        {
            using (owner._gate.Enter())
            {
                if (_isOver)
                {
                    return false;
                }

                _isOver = true;
                owner._posts?.Remove(this);
            }

            _timer?.Dispose();
            return true;
        }
    }

    private void Submit(MailboxItem item)
    {
        // It has no sender that waits.
        item.Accept();
        connection.Mailbox.SubmitOwn(item, session);
    }
}
