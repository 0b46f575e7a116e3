using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Connection.Topics;

/// <summary>A topic of a connection, whatever its type. It is its own lock.</summary>
internal abstract class Topic
{
    /// <summary>The next topic whose readers are to be woken.</summary>
    public Topic? NextToWake { get; set; }

    /// <summary>Wakes the readers that wait.</summary>
    public abstract void WakeReaders();

    /// <summary>A session is ready: the topic is to be subscribed to where it has a reader.</summary>
    public abstract void Restore(RestoreRound round);

    /// <summary>A session has ended.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="failure">Why readers fail that do not wait for the next.</param>
    public abstract void EndSession(long number, ConnectionFailure failure);

    /// <summary>The connection ends.</summary>
    /// <param name="keepsConfirmed">Whether confirmed readers stay: a new life follows, or the session is still open.</param>
    public abstract void EndConnection(bool keepsConfirmed);
}
