namespace Late.Hosting.Observability;

/// <summary>
/// Connections that are measured under one name: a registered one, or all of a supervisor, since ten thousand names would
/// overload the collector.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Connections">Those that there are now.</param>
/// <param name="Gone">What those have sent and received that there were before: a counter never falls.</param>
internal readonly record struct MeasuredGroup(string Name, IReadOnlyList<DirectoryEntry> Connections, Traffic Gone)
{
    /// <summary>All of the application.</summary>
    public static IEnumerable<MeasuredGroup> All(ConnectionDirectory directory)
    {
        foreach (var connection in directory.Registered)
        {
            yield return Of(connection);
        }

        foreach (var source in directory.Sources)
        {
            var connections = source.Look(out var gone);
            if (!source.MeasuresEach)
            {
                yield return new MeasuredGroup(source.Name, connections, gone);
                continue;
            }

            foreach (var connection in connections)
            {
                yield return Of(connection);
            }
        }
    }

    public Traffic Traffic() => Connections.Aggregate(Gone, static (sum, connection) => sum + connection.Traffic);

    private static MeasuredGroup Of(DirectoryEntry connection) => new(connection.Name, [connection], default);
}
