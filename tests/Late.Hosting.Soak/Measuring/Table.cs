using System.Globalization;

namespace Late.Hosting.Soak.Measuring;

/// <summary>The samples, one line each as they come.</summary>
internal static class Table
{
    public static void WriteHeader() =>
        Console.WriteLine("    time     messages      calls reconnects  working set       heap handles threads queue buffers timers");

    public static void Write(Sample sample, string remark = "") => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{sample.At:hh\\:mm\\:ss} {sample.Messages,12:N0} {sample.Calls,10:N0} {sample.Reconnects,10:N0} {Megabytes(sample.WorkingSet),9} MB {Megabytes(sample.Heap),7} MB {sample.Handles,7} {sample.Threads,7} {sample.Queue,5} {sample.Buffers,7} {sample.Timers,6} {remark}").TrimEnd());

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
