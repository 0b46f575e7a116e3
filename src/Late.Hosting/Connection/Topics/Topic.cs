using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Topics;

/// <summary>A topic of a connection, whatever its type.</summary>
internal abstract class Topic : ItemSource
{
    /// <summary>The hash code of its key.</summary>
    public required int Hash { get; init; }

    /// <summary>What it reports to observers.</summary>
    public TopicCounts Count()
    {
        using (Gate.EnterOwn(this))
        {
            return CountItems();
        }
    }

    /// <summary>A session is ready: the topic is to be subscribed to where it has a reader.</summary>
    public abstract void Restore(RestoreRound round);

    /// <summary>A session has ended.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="failure">Why readers fail that do not wait for the next.</param>
    /// <param name="confirmed">What confirmed readers do.</param>
    public abstract void EndSession(long number, ConnectionFailure failure, ReadersAtEnd confirmed);

    /// <summary>The connection stands by.</summary>
    public abstract void StandBy();

    /// <summary>The connection ends.</summary>
    /// <param name="confirmed">What confirmed readers do.</param>
    public abstract void EndConnection(ReadersAtEnd confirmed);

    /// <summary>A new life begins after a fault: readers that have waited for it read on.</summary>
    public abstract void Resume();

    /// <summary>What it reports to observers; under its lock.</summary>
    protected abstract TopicCounts CountItems();
}
