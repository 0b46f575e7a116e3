namespace Late.Hosting.Connection.Mailboxes;

/// <summary>Items in their order. Those that run without a session can be taken before the others, which wait for one.</summary>
internal sealed class ItemQueue
{
    private readonly MailboxList _ofSession = new();
    private readonly MailboxList _free = new();

    public int Count => _ofSession.Count + _free.Count;

    /// <summary>How many of them are calls, which all need a session.</summary>
    public int Calls => _ofSession.Calls;

    /// <summary>The next item.</summary>
    /// <param name="needsNoSession">Only of those that run without a session.</param>
    public MailboxItem? First(bool needsNoSession)
    {
        var (bound, free) = (_ofSession.First, _free.First);
        return bound is null || needsNoSession ? free
            : free is null || bound.Order < free.Order ? bound
            : free;
    }

    public bool Contains(MailboxItem item) => _ofSession.Contains(item) || _free.Contains(item);

    /// <summary>Adds an item, which has a higher number than all that are here.</summary>
    public void AddLast(MailboxItem item) => (item.RunsWithoutSession ? _free : _ofSession).AddLast(item);

    public static void Remove(MailboxItem item) => item.List!.Remove(item);

    /// <summary>Removes those that need a session.</summary>
    /// <param name="which">Which of them.</param>
    /// <param name="removed">Receives them.</param>
    public void RemoveOfSession(Predicate<MailboxItem> which, List<MailboxItem> removed) => _ofSession.Remove(which, removed);

    /// <summary>Those that need a session.</summary>
    public IEnumerable<MailboxItem> OfSession() => _ofSession.All();

    /// <summary>Removes everything, in its order.</summary>
    public void RemoveAll(List<MailboxItem> removed)
    {
        while (First(needsNoSession: false) is { } item)
        {
            Remove(item);
            removed.Add(item);
        }
    }
}
