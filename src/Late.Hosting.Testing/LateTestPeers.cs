using System.Collections.Concurrent;
using Late.Hosting.Connection;
using Late.Hosting.Supervision;
using Late.Hosting.Transport;

namespace Late.Hosting.Testing;

/// <summary>
/// The servers of a supervisor's connections, in memory: a <see cref="LateTestPeer"/> for each key, all on one clock.
/// </summary>
/// <remarks>Put them under a supervisor with <c>services.AddLateTestPeers&lt;THandler&gt;(peers)</c>.</remarks>
public sealed class LateTestPeers : ITransportFactory
{
    private readonly ConcurrentDictionary<string, LateTestPeer> _peers = new(StringComparer.Ordinal);
    private Action<string, LateTestAttempt>? _script;

    /// <summary>Makes peers on a clock of their own.</summary>
    public LateTestPeers()
        : this(new LateTestClock())
    {
    }

    /// <summary>Makes peers on a clock.</summary>
    /// <param name="clock">The clock.</param>
    public LateTestPeers(LateTestClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        Clock = clock;
    }

    /// <summary>The clock of the connections, and of the application.</summary>
    public LateTestClock Clock { get; }

    /// <summary>The peer of a key: there is one before its connection starts, and it stays the same when it restarts.</summary>
    /// <param name="key">The key, as it is given to the supervisor.</param>
    /// <returns>The peer.</returns>
    public LateTestPeer this[string key] => _peers.GetOrAdd(key, Create);

    /// <summary>
    /// Answers the attempts of all connections by a script, as they come, unless the peer of a key is given one of its own.
    /// </summary>
    /// <param name="script">Gets the key and each attempt.</param>
    public void OnAttempt(Action<string, LateTestAttempt> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        Volatile.Write(ref _script, script);
    }

    ITransport ITransportFactory.Create(string key, ConnectionContext connection) => this[key].CreateTransport(connection);

    private LateTestPeer Create(string key)
    {
        var peer = new LateTestPeer(Clock);
        peer.OnAttempt(attempt => Volatile.Read(ref _script)?.Invoke(key, attempt));
        return peer;
    }
}
