namespace WorkerSample.Ticker;

/// <summary>Writes and reads the sessions that have ended. It is scoped, as a <c>DbContext</c> is: one for each request or callback.</summary>
public sealed class SessionJournal(SessionStore store, TimeProvider time)
{
    /// <summary>The last sessions, the newest first.</summary>
    public IReadOnlyList<EndedSession> Last => store.Read();

    public void Add(string reason) => store.Write(new EndedSession(time.GetUtcNow(), reason));
}
