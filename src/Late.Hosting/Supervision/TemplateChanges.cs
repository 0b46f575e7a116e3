using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Supervision;

/// <summary>Tells every connection of a supervisor of the changes that are told under the supervisor's name.</summary>
internal sealed class TemplateChanges(IOptionsChangeTokenSource<LateConnectionOptions> source) : IOptionsChangeTokenSource<LateConnectionOptions>
{
    public string? Name => null;

    public IChangeToken GetChangeToken() => source.GetChangeToken();

    public static TemplateChanges[] Of(string name, IEnumerable<IOptionsChangeTokenSource<LateConnectionOptions>> sources) =>
        [.. sources.Where(source => source.Name is null || source.Name == name).Select(static source => new TemplateChanges(source))];
}
