using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Tests.Shared.Reloads;

/// <summary>A reload of the configuration, in the test's hand.</summary>
internal sealed class OptionsReload<TOptions> : IOptionsChangeTokenSource<TOptions>
{
    private CancellationTokenSource _change = new();

    public string? Name => null;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_change.Token);

    /// <summary>Reloads them.</summary>
    /// <exception cref="AggregateException">What the options' users threw.</exception>
    public void Run()
    {
        using var change = Interlocked.Exchange(ref _change, new CancellationTokenSource());
        change.Cancel();
    }
}
