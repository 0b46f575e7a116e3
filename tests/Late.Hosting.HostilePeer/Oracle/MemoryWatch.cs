using System.Globalization;
using Late.Hosting.HostilePeer.Scripts;

namespace Late.Hosting.HostilePeer.Oracle;

/// <summary>Live memory against what the options allow (promise P17).</summary>
internal sealed class MemoryWatch(Facts facts)
{
    /// <summary>What the connection itself takes, beside what its options allow.</summary>
    public const long OwnBytes = 4 * 1024 * 1024;

    private const int FloodTicks = 12;

    private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
    private bool _isMeasured;

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
        var options = facts.Script.Client;
        var allowed = options.ReceiveBufferBytes + (2L * options.MaxMessageBytes) + OwnBytes;
        var live = GC.GetTotalMemory(forceFullCollection: true) - _before;
        facts.Tell(string.Create(CultureInfo.InvariantCulture, $"memory: {live / 1024:N0} KiB live of {allowed / 1024:N0} KiB allowed"));
        facts.Require(live <= allowed, "P17", $"a flood of {flood.Flood} keeps more memory than the options allow");
    }
}
