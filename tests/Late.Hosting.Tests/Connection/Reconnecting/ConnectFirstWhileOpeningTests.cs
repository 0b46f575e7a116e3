using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Connection.Reconnecting;

/// <summary>A client that requests a new session as soon as it sees that one is open.</summary>
public sealed class ConnectFirstWhileOpeningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LateReconnectOrder.ConnectFirst)]
    [InlineData(LateReconnectOrder.CloseFirst)]
    public async Task S2a_the_order_that_it_requests_is_kept(LateReconnectOrder order)
    {
        TestHost host = null!;
        var requested = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new LogAction(logged =>
        {
            if (logged.Name == "Connected" && !requested.Task.IsCompleted)
            {
                requested.SetResult(host.Client.ReconnectAsync(new LateReconnect { Order = order }, Token));
            }
        });
        host = new TestHost(build: builder => builder.Services.AddSingleton<ILoggerProvider>(log));
        await using var owned = host;
        await host.StartAsync();
        var old = await host.Transport.AcceptAsync();
        await await requested.Task;

        if (order == LateReconnectOrder.CloseFirst)
        {
            await old.Closed;
        }

        var attempt = await host.Transport.AttemptAsync();
        Assert.Equal(order == LateReconnectOrder.CloseFirst, old.Closed.IsCompleted);
        attempt.Accept();
        await old.Closed;
        await host.Client.WaitForReadyAsync(Token);
        Assert.Equal(2, host.Transport.Count);
    }
}
