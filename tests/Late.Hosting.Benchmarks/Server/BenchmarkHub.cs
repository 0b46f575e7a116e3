using Microsoft.AspNetCore.SignalR;

namespace Late.Hosting.Benchmarks.Server;

/// <summary>What a SignalR client talks to.</summary>
#pragma warning disable CA1822 // SignalR calls the methods of an instance.
internal sealed class BenchmarkHub : Hub
{
    /// <summary>Takes a message and sends nothing.</summary>
    public void Take(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReceivedCount.Add(1);
    }

    /// <summary>Answers with what came.</summary>
    public string Echo(string text) => text;
}
