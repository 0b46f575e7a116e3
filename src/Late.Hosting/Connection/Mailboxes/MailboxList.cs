namespace Late.Hosting.Connection.Mailboxes;

/// <summary>A queue of items that releases any of them immediately: a canceled item holds no memory.</summary>
internal sealed class MailboxList
{
    private MailboxItem? _first;
    private MailboxItem? _last;

    public MailboxItem? First => _first;

    public MailboxItem? Last => _last;

    public int Count { get; private set; }

    /// <summary>How many of them are calls.</summary>
    public int Calls { get; private set; }

    public void AddLast(MailboxItem item) => AddAfter(_last, item);

    public void AddFirst(MailboxItem item) => AddAfter(null, item);

    /// <summary>Adds an item after another, or as the first.</summary>
    public void AddAfter(MailboxItem? previous, MailboxItem item)
    {
        var next = previous is null ? _first : previous.Next;
        (item.List, item.Previous, item.Next) = (this, previous, next);
        if (previous is null)
        {
            _first = item;
        }
        else
        {
            previous.Next = item;
        }

        if (next is null)
        {
            _last = item;
        }
        else
        {
            next.Previous = item;
        }

        Count++;
        Calls += item.IsCall ? 1 : 0;
    }

    public bool Contains(MailboxItem item) => item.List == this;

    public IEnumerable<MailboxItem> All()
    {
        for (var item = _first; item is not null; item = item.Next)
        {
            yield return item;
        }
    }

    public void Remove(MailboxItem item)
    {
        if (item.Previous is null)
        {
            _first = item.Next;
        }
        else
        {
            item.Previous.Next = item.Next;
        }

        if (item.Next is null)
        {
            _last = item.Previous;
        }
        else
        {
            item.Next.Previous = item.Previous;
        }

        (item.List, item.Previous, item.Next) = (null, null, null);
        Count--;
        Calls -= item.IsCall ? 1 : 0;
    }

    /// <summary>Removes some of the items, in their order.</summary>
    public void Remove(Predicate<MailboxItem> which, List<MailboxItem> removed)
    {
        for (var item = _first; item is not null;)
        {
            var next = item.Next;
            if (which(item))
            {
                Remove(item);
                removed.Add(item);
            }

            item = next;
        }
    }
}
