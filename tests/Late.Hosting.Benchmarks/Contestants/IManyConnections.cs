namespace Late.Hosting.Benchmarks.Contestants;

/// <summary>Thousands of connections of one contestant, begun one by one.</summary>
internal interface IManyConnections : IAsyncDisposable
{
    /// <summary>Makes what there is before a connection: not measured.</summary>
    void Prepare(Uri uri, Version httpVersion);

    /// <summary>Connects one more, ready for use.</summary>
    Task ConnectAsync(int number);

    /// <summary>Sends a message over each, all concurrently, and waits until all have come back.</summary>
    Task EchoAsync();
}
