using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Leases.Tests.Support;

/// <summary>A reload of the configuration, in the test's hand.</summary>
internal sealed class OptionsReload : IOptionsChangeTokenSource<LateLeaseOptions>
{
    private CancellationTokenSource _change = new();

    public string? Name => null;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_change.Token);

    public void Run()
    {
        using var change = Interlocked.Exchange(ref _change, new CancellationTokenSource());
        change.Cancel();
    }
}
