using Late.Hosting.Connection.Lifecycle;
using Late.Hosting.Observability;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Connections that a test starts and stops by its list.</summary>
internal sealed class ListedConnections : IConnectionSource
{
    public List<ConnectionCore> List { get; } = [];

    public string Name => "Listed";

    public bool MeasuresEach => false;

    public IReadOnlyList<ConnectionCore> Look(out Traffic gone)
    {
        gone = default;
        return [.. List];
    }
}
