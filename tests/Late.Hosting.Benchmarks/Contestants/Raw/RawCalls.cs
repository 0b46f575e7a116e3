using System.Diagnostics;
using System.Net.Sockets;
using Late.Hosting.Benchmarks.Measuring;

namespace Late.Hosting.Benchmarks.Contestants.Raw;

/// <summary>A ready-made frame there, and so many bytes back.</summary>
internal sealed class RawCalls(byte[] frame, int answerBytes) : RawTrial("/reply")
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Histogram _roundTrips = new();
    private readonly Counter _counter = new();

    public override long? Done => _counter.Value;

    public override Histogram RoundTrips => _roundTrips;

    protected override void Work(Socket socket)
    {
        long began = Stopwatch.GetTimestamp();
        socket.Send(frame);
        for (int left = answerBytes; left > 0 && !IsStopped;)
        {
            left -= socket.Receive(_buffer);
        }

        _roundTrips.Add(Stopwatch.GetTimestamp() - began);
        _counter.Increment();
    }
}
