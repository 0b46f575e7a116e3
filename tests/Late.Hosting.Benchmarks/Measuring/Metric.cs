namespace Late.Hosting.Benchmarks.Measuring;

/// <summary>What is measured, named by its unit.</summary>
internal static class Metric
{
    public const string Rate = "messages/s";
    public const string Calls = "calls/s";
    public const string Cpu = "CPU µs/message";
    public const string Allocated = "bytes allocated/message";
    public const string Median = "p50 µs";
    public const string Tail = "p99 µs";
    public const string Memory = "KiB/connection";
    public const string Heap = "managed KiB/connection";
    public const string Connects = "connects/s";
    public const string ConnectCpu = "CPU µs/connect";
}
