using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>
/// Options as they are now. An invalid reload is ignored; <see cref="IOptionsMonitor{TOptions}"/>
/// would throw it at the file watcher instead.
/// </summary>
/// <remarks>
/// There is no lock: delegates of the application run while options are made. One thread at a time reloads, and continues where
/// another reload was noticed meanwhile.
/// </remarks>
internal sealed class CurrentOptions<TOptions> : IDisposable
    where TOptions : class
{
    private readonly Func<TOptions> _create;
    private readonly Action<Exception, TOptions?> _refused;
    private readonly IDisposable[] _registrations;
    private TOptions? _value;
    private int _reloads;

    /// <summary>Holds the options that are made.</summary>
    /// <param name="create">Makes and checks them.</param>
    /// <param name="changes">Signal reloads.</param>
    /// <param name="refused">Receives what is wrong with a reload, and the options that stay.</param>
    public CurrentOptions(Func<TOptions> create, IEnumerable<IOptionsChangeTokenSource<TOptions>> changes, Action<Exception, TOptions?> refused)
    {
        (_create, _refused) = (create, refused);
        _registrations = [.. changes.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
    }

    /// <summary>Raised after every reload that passed the checks, with the options before and after.</summary>
    public event Action<TOptions, TOptions>? Changed;

    /// <summary>The options; made, and checked, on first use.</summary>
    /// <exception cref="OptionsValidationException">They do not pass the checks.</exception>
    public TOptions Value
    {
        get
        {
            if (Volatile.Read(ref _value) is { } value)
            {
                return value;
            }

            // Where a reload comes first, it has read what is newer.
            var first = _create();
            return Interlocked.CompareExchange(ref _value, first, null) ?? first;
        }
    }

    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    private void Reload()
    {
        if (Interlocked.Increment(ref _reloads) > 1)
        {
            return;
        }

        var seen = 0;
        try
        {
            do
            {
                seen = Volatile.Read(ref _reloads);
                ReloadOnce();
            }
            while (Interlocked.CompareExchange(ref _reloads, 0, seen) != seen);
        }
        catch
        {
            Volatile.Write(ref _reloads, 0);
            throw;
        }
    }

    private void ReloadOnce()
    {
        TOptions after;
        try
        {
            after = _create();
        }
        catch (Exception exception)
        {
            // Also what a configure delegate throws: the file watcher that calls us could do nothing with it.
            _refused(exception, Volatile.Read(ref _value));
            return;
        }

        if (Interlocked.Exchange(ref _value, after) is { } before)
        {
            Changed?.Invoke(before, after);
        }
    }
}
