using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Testing.Harness;

/// <summary>The lifetime of the host that a handler's test does not have.</summary>
internal sealed class NoHost : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted => CancellationToken.None;

    public CancellationToken ApplicationStopping => CancellationToken.None;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication()
    {
    }
}
