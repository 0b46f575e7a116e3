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
    public const string MemoryInUse = "KiB/connection after messages";
    public const string HeapInUse = "managed KiB/connection after messages";
    public const string Kernel = "kernel KiB/connection, both ends";
    public const string IdleCpu = "idle CPU, % of a core";
    public const string Echo = "ms for a message to each and back";
    public const string Return = "s until all are ready";
    public const string Busiest = "% of attempts in the busiest 100 ms";
    public const string BusiestAccepted = "% of attempts accepted in 100 ms";
    public const string BusiestSecond = "attempts in the busiest second";
    public const string BusiestSecondAccepted = "accepted in the busiest second";
    public const string Attempts = "attempts";
}
