using System.Threading.Channels;

namespace Late.Hosting.Dashboard.Sampling;

/// <summary>One open page: the messages that wait for it.</summary>
internal sealed class Viewer(Sampler sampler) : IDisposable
{
    private const int MayWait = 8;

    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(MayWait) { SingleReader = true });

    public ChannelReader<ReadOnlyMemory<byte>> Messages => _messages.Reader;

    /// <summary>
    /// Sends the page a message. Each one has what has changed since the one before it, so a page that is too slow for
    /// them cannot leave any out: its stream ends, and it comes again for a snapshot.
    /// </summary>
    public void Send(ReadOnlyMemory<byte> message)
    {
        if (!_messages.Writer.TryWrite(message))
        {
            _messages.Writer.TryComplete();
        }
    }

    public void Dispose() => sampler.Leave(this);
}
