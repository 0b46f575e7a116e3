using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>When TCP connections came, by the clock that all processes share.</summary>
internal sealed class AcceptTimes
{
    private readonly ConcurrentQueue<long> _times = new();

    /// <summary>Goes before what a port does with its connections.</summary>
    public ConnectionDelegate Note(ConnectionDelegate next) => connection =>
    {
        _times.Enqueue(Stopwatch.GetTimestamp());
        return next(connection);
    };

    public Task WriteAsync(HttpContext context) => context.Response.WriteAsJsonAsync(_times.ToArray());
}
