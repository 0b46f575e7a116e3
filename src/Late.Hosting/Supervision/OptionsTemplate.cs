using Microsoft.Extensions.Options;

namespace Late.Hosting.Supervision;

/// <summary>
/// The options that all connections of a supervisor begin with: read and configured under the supervisor's name, and checked
/// only when a connection has had its own say. Nothing is kept of any of them.
/// </summary>
internal sealed class OptionsTemplate(
    string name,
    IEnumerable<IConfigureOptions<LateConnectionOptions>> setups,
    IEnumerable<IPostConfigureOptions<LateConnectionOptions>> lateSetups,
    IEnumerable<IValidateOptions<LateConnectionOptions>> checks)
{
    private static readonly Uri s_someUri = new("ws://localhost/");

    private readonly IConfigureOptions<LateConnectionOptions>[] _setups = [.. setups];
    private readonly IPostConfigureOptions<LateConnectionOptions>[] _lateSetups = [.. lateSetups];
    private readonly IValidateOptions<LateConnectionOptions>[] _checks = [.. checks];

    /// <summary>Makes the options of one connection.</summary>
    /// <exception cref="OptionsValidationException">They do not pass the checks.</exception>
    public LateConnectionOptions Create(string connection, Action<LateConnectionOptions>? configure)
    {
        var options = new LateConnectionOptions();
        foreach (var setup in _setups)
        {
            if (setup is IConfigureNamedOptions<LateConnectionOptions> named)
            {
                named.Configure(name, options);
            }
        }

        configure?.Invoke(options);
        foreach (var setup in _lateSetups)
        {
            setup.PostConfigure(name, options);
        }

        var problems = _checks.Select(check => check.Validate(name, options)).Where(static result => result.Failed).SelectMany(static result => result.Failures!).ToList();
        return problems.Count == 0
            ? options
            : throw new OptionsValidationException(connection, typeof(LateConnectionOptions), problems);
    }

    /// <summary>Checks what all connections have in common; their addresses may come later.</summary>
    /// <exception cref="OptionsValidationException">It does not pass the checks.</exception>
    public void Check() => Create(name, static options => options.Uri ??= s_someUri);
}
