using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>
/// The options of one connection as they are now. A reload that does not pass the checks is logged and changes nothing;
/// <see cref="IOptionsMonitor{TOptions}"/> would throw it at the file watcher instead.
/// </summary>
internal sealed class ConnectionSettings : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly IOptionsFactory<LateConnectionOptions> _factory;
    private readonly ConnectionLog _log;
    private readonly List<IDisposable> _registrations = [];
    private LateConnectionOptions? _current;

    public ConnectionSettings(
        string name,
        IOptionsFactory<LateConnectionOptions> factory,
        IEnumerable<IOptionsChangeTokenSource<LateConnectionOptions>> sources,
        ConnectionLog log)
    {
        (_name, _factory, _log) = (name, factory, log);
        foreach (var source in sources.Where(source => source.Name is null || source.Name == name))
        {
            _registrations.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
        }
    }

    /// <summary>Told of every reload that passed the checks, with the options before and after.</summary>
    public event Action<LateConnectionOptions, LateConnectionOptions>? Changed;

    /// <summary>The options; made, and checked, when they are first asked for.</summary>
    /// <exception cref="OptionsValidationException">They do not pass the checks.</exception>
    public LateConnectionOptions Current
    {
        get
        {
            if (Volatile.Read(ref _current) is { } current)
            {
                return current;
            }

            lock (_gate)
            {
                return _current ??= _factory.Create(_name);
            }
        }
    }

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private void Reload()
    {
        LateConnectionOptions? before;
        LateConnectionOptions? after = null;
        Exception? refused = null;
        lock (_gate)
        {
            before = _current;
            if (before is null)
            {
                return;
            }

            try
            {
                Volatile.Write(ref _current, after = _factory.Create(_name));
            }
            catch (Exception exception)
            {
                // Also what a configure delegate throws: the file watcher that calls us could do nothing with it.
                refused = exception;
            }
        }

        if (after is not null)
        {
            Changed?.Invoke(before, after);
        }
        else
        {
            _log.ReloadRefused(_name, refused!, before);
        }
    }
}
