using System.Collections.Concurrent;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>What became of calls, posts and sends.</summary>
internal sealed class CallFacts
{
    private int _ended;
    private int _replied;

    public int Ended => Volatile.Read(ref _ended);

    public int Replied => Volatile.Read(ref _replied);

    /// <summary>The numbers of frames that the peer has received.</summary>
    public ConcurrentDictionary<int, bool> Received { get; } = new();

    /// <summary>The numbers of frames that the peer has answered with the end of the session, over HTTP/1.1.</summary>
    public ConcurrentDictionary<int, bool> EndedBy { get; } = new();

    /// <summary>What the senders of frames received.</summary>
    public ConcurrentDictionary<int, LateException> FailedSends { get; } = new();

    /// <summary>The requests that a handler has seen.</summary>
    public ConcurrentDictionary<int, bool> Taken { get; } = new();

    /// <summary>How many pings of the application's were answered or not.</summary>
    public int Pings { get; set; }

    public int FailedPings { get; set; }

    public void End(bool isReplied)
    {
        Interlocked.Increment(ref _ended);
        if (isReplied)
        {
            Interlocked.Increment(ref _replied);
        }
    }
}
