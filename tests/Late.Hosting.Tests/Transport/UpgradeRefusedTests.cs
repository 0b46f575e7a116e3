using Late.Hosting.Ownership;
using Late.Hosting.Tests.Support;
using Late.Hosting.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Tests.Transport;

/// <summary>Promise P21 for the upgrade request: TCP and TLS may take longer than what is left of a lease.</summary>
public sealed class UpgradeRefusedTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task P21_No_upgrade_request_is_written_after_the_end_of_the_lease(bool mayWrite, int writes)
    {
        var lease = new Lease();
        var stream = new ScriptedStream([]);
        using var http = new HttpConnections(
            handler => handler.ConnectCallback = (_, _) =>
            {
                lease.MayWrite = mayWrite;
                return new ValueTask<Stream>(stream);
            },
            keepsCookies: true);
        using var transport = new HttpTransport("Feed", TimeProvider.System, http);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var options = new LateConnectionOptions { Uri = new Uri("ws://feed.example/") };
        var request = new LateHandshakeContext("Feed", 1, options, services) { Uri = options.Uri, WriteGate = lease };
        await Assert.ThrowsAsync<LateConnectException>(() => transport.ConnectAsync(request, options, TestContext.Current.CancellationToken));
        Assert.Equal(writes, stream.Writes.Count);
    }

    private sealed class Lease : IWriteGate
    {
        public bool MayWrite { get; set; } = true;
    }
}
