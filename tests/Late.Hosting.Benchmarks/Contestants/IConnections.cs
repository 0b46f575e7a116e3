using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants;

/// <summary>Many connections of one contestant.</summary>
internal interface IConnections : IAsyncDisposable
{
    /// <summary>Makes what there is before a connection: not measured.</summary>
    void Prepare(ServerAddress server, Uri uri, int count);

    /// <summary>Connects all, each ready for use.</summary>
    Task ConnectAsync();
}
