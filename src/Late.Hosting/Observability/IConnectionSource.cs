namespace Late.Hosting.Observability;

/// <summary>Connections that come and go while the application runs; everything that lists connections asks each source.</summary>
internal interface IConnectionSource
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>The handler's type, by name.</summary>
    string HandlerName { get; }

    /// <summary>True where each connection is measured by itself, and false where all are under the name of their source.</summary>
    bool MeasuresEach { get; }

    /// <summary>Those that there are now.</summary>
    IReadOnlyList<DirectoryEntry> Connections => Look(out _);

    /// <summary>Those that there are now.</summary>
    /// <param name="gone">What those have sent and received that there were before.</param>
    IReadOnlyList<DirectoryEntry> Look(out Traffic gone);
}
