using System.Globalization;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>Live memory against what the options allow (promise P17).</summary>
internal sealed class MemoryWatch(Facts facts)
{
    /// <summary>What the connection itself takes, in addition to what its options allow.</summary>
    private const long OwnBytes = 4 * 1024 * 1024;

    // HttpClient's window for a stream, which it widens.
    private const long Http2Bytes = 4 * 1024 * 1024;

    private const int FloodTicks = 12;

    private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
    private bool _isMeasured;

    /// <summary>What may be live: a message that is received and one that is handled, what waits, and what is not ours.</summary>
    public static long Allowed(Script script) =>
        script.Client.ReceiveBufferBytes + (2L * script.Client.MaxMessageBytes) + OwnBytes + (script.IsHttp2 ? Http2Bytes : 0);

    /// <summary>Measures once, when a flood has gone on for a while.</summary>
    public void Look()
    {
        if (!_isMeasured && facts.Sessions.FirstOrDefault(session => session is { IsOver: false, IsFlooding: true }) is { Step: { } flood } flooded
            && Control.Now - flooded.StepAt > FloodTicks)
        {
            _isMeasured = true;
            Measure(flood);
        }
    }

    private void Measure(Step flood)
    {
        var allowed = Allowed(facts.Script);
        var live = GC.GetTotalMemory(forceFullCollection: true) - _before;
        facts.Record(string.Create(CultureInfo.InvariantCulture, $"memory: {live / 1024:N0} KiB live of {allowed / 1024:N0} KiB allowed"));
        facts.Require(live <= allowed, "P17", $"a flood of {flood.Flood} keeps more memory than the options allow");
    }
}
