using Late.Hosting.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Testing.Harness;

/// <summary>Changes the options of a handler under test, as a reload of its configuration does.</summary>
/// <param name="name">The name of the options.</param>
internal sealed class Reloads(string name) : IOptionsChangeTokenSource<LateConnectionOptions>
{
    private readonly List<Action<LateConnectionOptions>> _changes = [];
    private CancellationTokenSource _signal = new();

    public string Name => name;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_signal.Token);

    /// <summary>Makes the changes so far.</summary>
    public void Apply(LateConnectionOptions options) => _changes.ForEach(change => change(options));

    /// <summary>Changes the options.</summary>
    /// <param name="change">How.</param>
    /// <param name="source">Makes them.</param>
    /// <exception cref="OptionsValidationException">They do not pass the checks; nothing is changed.</exception>
    public void Reload(Action<LateConnectionOptions> change, OptionsSource<LateConnectionOptions> source)
    {
        _changes.Add(change);
        try
        {
            source.Create(name);
        }
        catch
        {
            _changes.RemoveAt(_changes.Count - 1);
            throw;
        }

        using var last = Interlocked.Exchange(ref _signal, new CancellationTokenSource());
        last.Cancel();
    }
}
