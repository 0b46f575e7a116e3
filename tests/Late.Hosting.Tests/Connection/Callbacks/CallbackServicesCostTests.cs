using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Tests.Connection.Callbacks;

/// <summary>What the scopes of callbacks cost those that do not use them.</summary>
public sealed class CallbackServicesCostTests
{
    private const int First = 50;
    private const int Last = 250;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 0L)]
    [InlineData(true, null)]
    public async Task A_message_allocates_nothing_for_a_handler_that_does_not_use_them(bool isUsed, long? bytes)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var transport = new FakeTransport();
        var measurement = new Measurement(isUsed, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        builder.Services.AddKeyedSingleton<ITransport>("Measured", transport);
        builder.Services.AddSingleton(measurement);
        builder.Services.AddLateConnection<MeasuredHandler>("Measured", static options => options.Uri = new Uri("ws://feed.example"));
        using var host = builder.Build();
        await host.StartAsync(Token);
        var socket = await transport.AcceptAsync();
        socket.Send([.. Enumerable.Repeat("m", Last)]);

        var found = await measurement.Allocated.Task.WaitAsync(Token);
        Assert.True(bytes is null ? found > 0 : found == bytes, $"{found} bytes");
        await host.StopAsync(Token);
    }

    private sealed record Measurement(bool IsUsed, TaskCompletionSource<long> Allocated);

    private sealed class MeasuredHandler(Measurement measurement) : LateHandler<int>
    {
        private LateContext _context = null!;
        private long _before;

        public override int Init(LateContext context)
        {
            _context = context;
            return 0;
        }

        public override LateResult<int> HandleIn(LateFrame frame, int count)
        {
            count++;
            if (count == First)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (count == Last)
            {
                measurement.Allocated.TrySetResult(GC.GetAllocatedBytesForCurrentThread() - _before);
            }

            _ = measurement.IsUsed ? _context.CallbackServices : null;
            return LateResult.Ok(count);
        }
    }
}
