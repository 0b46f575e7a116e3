using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>What the scopes of callbacks cost those that do not use them.</summary>
public sealed class CallbackServicesCostTests
{
    private const int Messages = 250;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_allocates_nothing_for_a_handler_that_does_not_use_them(bool isUsed)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var transport = new FakeTransport();
        var measurement = new Measurement(isUsed);
        builder.Services.AddKeyedSingleton<ITransport>("Measured", transport);
        builder.Services.AddSingleton(measurement);
        builder.Services.AddLateConnection<MeasuredHandler>("Measured", static options => options.Uri = new Uri("ws://feed.example"));
        using var host = builder.Build();
        await host.StartAsync(Token);
        var socket = await transport.AcceptAsync();
        socket.Send([.. Enumerable.Repeat("m", Messages)]);

        var usual = await measurement.UsualAsync();
        Assert.Equal(isUsed, usual > 0);
        await host.StopAsync(Token);
    }

    /// <summary>
    /// What a thread has allocated when a message comes. The runner may change its thread, and may leave it to others, between two messages; it
    /// does not between most of them, and those have what a message costs.
    /// </summary>
    private sealed class Measurement(bool isUsed)
    {
        private readonly TaskCompletionSource _isComplete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly (int Thread, long Bytes)[] _notes = new (int, long)[Messages];

        public bool IsUsed { get; } = isUsed;

        public void Note(int message)
        {
            _notes[message] = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
            if (message == Messages - 1)
            {
                _isComplete.SetResult();
            }
        }

        /// <summary>The median of the bytes from one message to the next on the same thread.</summary>
        public async Task<long> UsualAsync()
        {
            await _isComplete.Task.WaitAsync(Token);
            long[] costs = [.. _notes.Zip(_notes.Skip(1)).Where(static pair => pair.First.Thread == pair.Second.Thread).Select(static pair => pair.Second.Bytes - pair.First.Bytes).Order()];
            Assert.True(costs.Length > Messages / 2, $"{costs.Length} pairs");
            return costs[costs.Length / 2];
        }
    }

    private sealed class MeasuredHandler(Measurement measurement) : LateHandler<int>
    {
        private LateContext _context = null!;

        public override int Init(LateContext context)
        {
            _context = context;
            return 0;
        }

        public override LateResult<int> HandleIn(LateFrame frame, int count)
        {
            measurement.Note(count);
            _ = measurement.IsUsed ? _context.CallbackServices : null;
            return LateResult.Ok(count + 1);
        }
    }
}
