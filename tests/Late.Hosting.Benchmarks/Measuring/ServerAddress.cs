namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>Where the server listens.</summary>
internal sealed record ServerAddress(int RawPort, int HttpPort)
{
    /// <summary>The work that the raw port is to do.</summary>
    public Uri Raw(string target) => new($"ws://127.0.0.1:{RawPort}{target}");

    public Uri Idle => new($"ws://127.0.0.1:{HttpPort}/idle");

    public Uri Hub => new($"http://127.0.0.1:{HttpPort}/hub");
}
