using System.Collections.Concurrent;

namespace Late.Hosting.Tests.Supervision;

/// <summary>What the handlers of all devices do, in its order.</summary>
internal sealed class DeviceLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Whether a device cannot be initialized.</summary>
    public Func<Device, bool> IsBroken { get; set; } = static _ => false;

    /// <summary>Whether the constructor of a handler throws.</summary>
    public bool CannotBeMade { get; set; }

    public DeviceLog Open() => CannotBeMade ? throw new InvalidOperationException("It cannot be made.") : this;

    public void Write(string line) => _lines.Enqueue(line);
}
