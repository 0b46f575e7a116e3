using System.Diagnostics.Tracing;

namespace Late.Hosting.Simulation.Running;

/// <summary>Counts the pooled arrays that are rented and not given back, as the pool itself reports.</summary>
internal sealed class PooledBuffers : EventListener
{
    private const int Rented = 1;
    private const int Returned = 3;

    private static int s_outstanding;
    private static long s_bytes;

    public static int Outstanding => s_outstanding;

    /// <summary>How many bytes they have.</summary>
    public static long Bytes => s_bytes;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Buffers.ArrayPoolEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventId)
        {
            case Rented:
                s_outstanding++;
                s_bytes += SizeOf(eventData);
                break;
            case Returned:
                s_outstanding--;
                s_bytes -= SizeOf(eventData);
                break;
        }
    }

    // Both events name first which array it is, and then how large it is.
    private static int SizeOf(EventWrittenEventArgs eventData) => (int)eventData.Payload![1]!;
}
