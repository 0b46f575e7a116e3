namespace Late.Hosting.Connection.Calls;

/// <summary>Two timers of a call, whichever is due first: its own, and that of the slot which it keeps without its caller.</summary>
internal sealed class EitherTimer(ITimer own, ITimer slot) : ITimer
{
    public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    public void Dispose()
    {
        own.Dispose();
        slot.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await own.DisposeAsync().ConfigureAwait(false);
        await slot.DisposeAsync().ConfigureAwait(false);
    }
}
