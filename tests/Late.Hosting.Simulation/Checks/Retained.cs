using Late.Hosting.Simulation.Running;
using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>
/// Counts what all connections of a world hold because of their servers against what their options allow (promise P17):
/// pooled arrays at every read of a flood, and under large ones everything that the garbage collector finds.
/// </summary>
internal sealed class Retained(World world)
{
    // What a connection has in addition to what waits for its handler: a message that is not whole, a read, and what is to be written.
    private const int Working = 512 * 1024;

    // Arrays that the pool keeps, and the world's own notes.
    private const int Kept = 4 * 1024 * 1024;

    private readonly long _pooledBefore = PooledBuffers.Bytes;
    private long? _liveBefore;
    private bool _hasFailed;

    /// <summary>A client reads from a server that floods it.</summary>
    public void OnRead()
    {
        var pooled = PooledBuffers.Bytes - _pooledBefore;
        if (pooled > Working)
        {
            Check(pooled, 0, "in pooled arrays");
        }
    }

    /// <summary>A large flood begins.</summary>
    public void Weigh() => _liveBefore ??= GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>It is where it is largest.</summary>
    public void WeighAgain()
    {
        if (_liveBefore is { } before)
        {
            Check(GC.GetTotalMemory(forceFullCollection: true) - before, Kept, "of live memory");
        }
    }

    private void Check(long bytes, int kept, string where)
    {
        var allowed = kept + world.Subjects.All.Sum(Allowed);
        if (!_hasFailed && bytes > allowed)
        {
            _hasFailed = true;
            world.Verdict.Fail("P17", $"{bytes} bytes {where} are held because of servers, more than {allowed}");
        }
    }

    private static long Allowed(Subject subject)
    {
        var open = subject.Sessions.Count(session => !session.Wire.IsDisposed);
        var options = subject.Options;

        // What has ended may be an earlier life than the one that is faulted now, and still closes.
        var isOver = subject.Ending.IsOver && subject.Client.State == LateConnectionState.Stopped;
        return isOver ? 0 : Math.Max(open, subject.Sessions.Count > 0 ? 1 : 0) * ((2L * options.ReceiveBufferBytes) + (2L * options.MaxMessageBytes) + Working);
    }
}
