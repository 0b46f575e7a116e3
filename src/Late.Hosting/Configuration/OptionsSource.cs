using Microsoft.Extensions.Options;

namespace Late.Hosting.Configuration;

/// <summary>
/// Makes the options of every name: read from the configuration, changed by the delegates, checked. There is one for all names: the
/// container makes a factory for each that asks, and each has a copy of the delegates of all names.
/// </summary>
/// <param name="setups">What configures the options, in its order.</param>
/// <param name="lateSetups">What configures them after all others.</param>
/// <param name="checks">What checks them.</param>
/// <param name="changes">Signal reloads.</param>
/// <param name="refused">Receives the name of the options whose reload is invalid, the reason, and the options that stay.</param>
internal sealed class OptionsSource<TOptions>(
    IEnumerable<IConfigureOptions<TOptions>> setups,
    IEnumerable<IPostConfigureOptions<TOptions>> lateSetups,
    IEnumerable<IValidateOptions<TOptions>> checks,
    IEnumerable<IOptionsChangeTokenSource<TOptions>> changes,
    Action<string, Exception, TOptions?> refused)
    where TOptions : class, new()
{
    private readonly IConfigureNamedOptions<TOptions>[] _setups = [.. setups.OfType<IConfigureNamedOptions<TOptions>>()];
    private readonly IPostConfigureOptions<TOptions>[] _lateSetups = [.. lateSetups];
    private readonly IValidateOptions<TOptions>[] _checks = [.. checks];
    private readonly IOptionsChangeTokenSource<TOptions>[] _changes = [.. changes];

    /// <summary>Makes options.</summary>
    /// <param name="name">The name that they are configured under.</param>
    /// <param name="configure">What one of several with that name adds, after the delegates of all.</param>
    /// <param name="owner">Whose options they are, where that is another name.</param>
    /// <exception cref="OptionsValidationException">They do not pass the checks.</exception>
    public TOptions Create(string name, Action<TOptions>? configure = null, string? owner = null)
    {
        var options = new TOptions();
        Array.ForEach(_setups, setup => setup.Configure(name, options));
        configure?.Invoke(options);
        Array.ForEach(_lateSetups, setup => setup.PostConfigure(name, options));
        List<string> problems =
        [
            .. _checks.Select(check => check.Validate(name, options)).Where(static result => result.Failed).SelectMany(static result => result.Failures!),
        ];
        return problems.Count == 0 ? options : throw new OptionsValidationException(owner ?? name, typeof(TOptions), problems);
    }

    /// <summary>The same options, made again after every reload that may change them.</summary>
    public CurrentOptions<TOptions> Open(string name, Action<TOptions>? configure = null, string? owner = null) => new(
        () => Create(name, configure, owner),
        _changes.Where(source => source.Name is null || source.Name == name),
        (exception, current) => refused(owner ?? name, exception, current));
}
