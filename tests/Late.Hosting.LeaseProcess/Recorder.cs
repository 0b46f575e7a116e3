using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Late.Hosting.LeaseProcess;

/// <summary>
/// Writes what happens as lines to the standard output: the time by the machine's monotonic clock, which all processes have in common, and words between
/// tabs. What happens waits for no writing.
/// </summary>
internal sealed class Recorder
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });

    public Recorder() => _ = Task.Run(WriteAsync);

    public void Write(params ReadOnlySpan<string> words) =>
        _lines.Writer.TryWrite(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()}\t{string.Join('\t', words)}"));

    private async Task WriteAsync()
    {
        await foreach (var line in _lines.Reader.ReadAllAsync())
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
