namespace Late.Hosting.Connection.Mailboxes;

/// <summary>The delayed posts that need no session: they belong to the life of the handler.</summary>
internal sealed class LifePosts(ConnectionContext connection)
{
    private DelayedPosts? _posts;

    /// <summary>
    /// Those of the present life. Take them before you look whether there is one: what is added to those of a life that has ended
    /// ends with it.
    /// </summary>
    public DelayedPosts Current => Volatile.Read(ref _posts) ?? Make();

    /// <summary>The life ends, and its delayed posts with it.</summary>
    public void EndLife() => Interlocked.Exchange(ref _posts, null)?.Stop();

    private DelayedPosts Make()
    {
        var made = new DelayedPosts(connection);
        return Interlocked.CompareExchange(ref _posts, made, null) ?? made;
    }
}
