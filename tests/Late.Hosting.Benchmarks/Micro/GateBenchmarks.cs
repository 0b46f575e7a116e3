using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Late.Hosting.Configuration;
using Late.Hosting.Leases;
using Late.Hosting.Leases.Keeping;
using Late.Hosting.Ownership;
using Late.Hosting.Transport;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Benchmarks.Micro;

/// <summary>A flush of one message to a socket that takes everything: what the check of a lease adds to it.</summary>
[MemoryDiagnoser]
public class GateBenchmarks
{
    private readonly LateFrame[] _frames = [LateFrame.Text(new byte[64])];
    private FramedConnection _socket = null!;

    /// <summary>Whether the connection has a lease.</summary>
    [Params(false, true)]
    public bool HasLease { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        var handshake = new LateHandshake(System.Net.HttpStatusCode.SwitchingProtocols, new Dictionary<string, StringValues>(), null);
        _socket = new FramedConnection(Stream.Null, handshake, new FrameReader(1024), new FrameWriter(), TimeProvider.System)
        {
            WriteGate = HasLease ? await AcquireAsync() : null,
        };
    }

    [GlobalCleanup]
    public ValueTask Cleanup() => _socket.DisposeAsync();

    [Benchmark]
    public ValueTask Flush()
    {
        _socket.Append(_frames);
        return _socket.FlushAsync();
    }

    private static Task<ITerm> AcquireAsync()
    {
        var connection = new Owned();
        var settings = new CurrentOptions<LateLeaseOptions>(static () => new LateLeaseOptions(), [], static (_, _) => { });
        var requests = new LeaseRequests(new Store(), "feed", connection.MeasuredAs, connection.Time, new LeaseMetrics(new Meter("Late.Hosting.Benchmarks").CreateCounter<long>("requests")));
        return new LeaseKeeper(new LeaseParts(requests, settings, connection, static () => 0, new LeaseLog(NullLogger.Instance))).AcquireAsync(CancellationToken.None);
    }

    private sealed class Store : ILateLeaseStore
    {
        public ValueTask<LateLeaseAnswer> TryAcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken cancellationToken) => new(LateLeaseAnswer.Granted(1));

        public ValueTask<bool> TryRenewAsync(string name, long token, TimeSpan ttl, CancellationToken cancellationToken) => new(true);

        public ValueTask ReleaseAsync(string name, long token, CancellationToken cancellationToken) => default;
    }

    private sealed class Owned : IOwned
    {
        public string Name => "Feed";

        public string MeasuredAs => "Feed";

        public string? Key => null;

        public TimeProvider Time => TimeProvider.System;

        public Exception Loggable(Exception exception) => exception;

        public bool StandBy(string reason) => true;

        public void Yield(ITerm term, string reason, TimeSpan within)
        {
        }

        public void Lose(ITerm term, string reason)
        {
        }
    }
}
