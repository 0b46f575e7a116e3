using System.Diagnostics.Tracing;

namespace Late.Hosting.Soak.Measuring;

/// <summary>Counts the arrays that are rented from the shared pools and not given back, by what the pools report.</summary>
internal sealed class RentedBuffers : EventListener
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Buffers.ArrayPoolEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventName)
        {
            case "BufferRented":
                Interlocked.Increment(ref _count);
                break;
            case "BufferReturned":
                Interlocked.Decrement(ref _count);
                break;
        }
    }
}
