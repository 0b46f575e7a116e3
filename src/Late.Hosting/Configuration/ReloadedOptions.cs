using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Configuration;

/// <summary>Options as they are now. A reload that does not pass the checks is logged and changes nothing.</summary>
internal sealed class ReloadedOptions<TOptions> : IDisposable
    where TOptions : class
{
    private readonly string _name;
    private readonly IOptionsFactory<TOptions> _factory;
    private readonly ConnectionLog _log;
    private readonly Lock _gate = new();
    private readonly IDisposable? _registration;
    private TOptions? _current;

    public ReloadedOptions(string name, IOptionsFactory<TOptions> factory, IConfiguration? configuration, ConnectionLog log)
    {
        (_name, _factory, _log) = (name, factory, log);
        _registration = configuration is null ? null : ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>The options; made, and checked, when they are first asked for.</summary>
    /// <exception cref="OptionsValidationException">They do not pass the checks.</exception>
    public TOptions Current
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

    public void Dispose() => _registration?.Dispose();

    private void Reload()
    {
        try
        {
            var reloaded = _factory.Create(_name);
            lock (_gate)
            {
                _current = reloaded;
            }
        }
        catch (Exception exception)
        {
            _log.ReloadRefused(_name, exception, options: null);
        }
    }
}
