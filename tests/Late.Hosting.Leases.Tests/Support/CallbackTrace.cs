using System.Threading.Channels;

namespace Late.Hosting.Leases.Tests.Support;

/// <summary>The callbacks of a connection, as they begin.</summary>
internal sealed class CallbackTrace
{
    private readonly Channel<string> _callbacks = Channel.CreateUnbounded<string>();

    /// <summary>What the answer to a message waits for.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    /// <summary>What <c>HandleClosing</c> waits for.</summary>
    public Task Closing { get; set; } = Task.CompletedTask;

    /// <summary>Whether the close is held until the server has sent its last words.</summary>
    public bool HoldsClose { get; set; }

    /// <summary>What <c>HandleTerminate</c> waits for.</summary>
    public Task Terminating { get; set; } = Task.CompletedTask;

    public void Write(string callback) => _callbacks.Writer.TryWrite(callback);

    public async Task<string> NextAsync() => await _callbacks.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The next callbacks, in their order.</summary>
    public async Task ExpectAsync(params string[] callbacks)
    {
        foreach (var callback in callbacks)
        {
            Assert.Equal(callback, await NextAsync());
        }
    }
}
