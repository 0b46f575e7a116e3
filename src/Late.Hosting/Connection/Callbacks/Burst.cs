namespace Late.Hosting.Connection.Callbacks;

/// <summary>Counts what a runner has handled without a flush, and without leaving the thread to others.</summary>
internal struct Burst
{
    private const int MostItemsPerFlush = 64;

    // The thread is left to others after so many items, or reads of up to 64 KiB.
    private const int MostSteps = 256;
    private const int StepsOfRead = 16;

    private int _unflushedItems;
    private int _steps;

    /// <summary>True when what was sent should not wait for the end of the burst.</summary>
    public readonly bool IsLong => _unflushedItems >= MostItemsPerFlush;

    /// <summary>A call, a post or a send is handled.</summary>
    public void AddItem()
    {
        _unflushedItems++;
        _steps++;
    }

    /// <summary>All frames of a read are handled.</summary>
    public void AddRead()
    {
        _unflushedItems = MostItemsPerFlush;
        _steps += StepsOfRead;
    }

    public void Flush() => _unflushedItems = 0;

    /// <summary>The runner waits: others have the thread.</summary>
    public void Rest() => _steps = 0;

    /// <summary>True once, when others should have the thread.</summary>
    public bool TakeRest()
    {
        if (_steps < MostSteps)
        {
            return false;
        }

        _steps = 0;
        return true;
    }
}
