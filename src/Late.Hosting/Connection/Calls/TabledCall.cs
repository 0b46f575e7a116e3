using Late.Hosting.Locking;

namespace Late.Hosting.Connection.Calls;

/// <summary>A call with its entries in tables of pending calls, which it leaves when it is over.</summary>
internal abstract class TabledCall(CallContext context) : TimedCall(context)
{
    private IKeptCall? _kept;

    /// <summary>The call as its handler sees it.</summary>
    public abstract LateCall Call { get; }

    public IKeptCall? Kept
    {
        get
        {
            using (Gate.EnterOwn(this))
            {
                return _kept;
            }
        }
    }

    public void Keep(IKeptCall entry)
    {
        using (Gate.EnterOwn(this))
        {
            (entry.Before, _kept) = (_kept, entry);
            if (!IsOver)
            {
                return;
            }
        }

        entry.OnEnded(Call);
    }

    /// <summary>The call is over: an entry that comes later is removed by <see cref="Keep"/>.</summary>
    private protected void RemoveEntries()
    {
        for (var kept = _kept; kept is not null; kept = kept.Before)
        {
            kept.OnEnded(Call);
        }
    }
}
