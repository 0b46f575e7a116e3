using Late.Hosting.Connection;

namespace Late.Hosting.Supervision;

/// <summary>Connections that come and go while the application runs; everything that lists connections asks each source.</summary>
internal interface IConnectionSource
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Those that there are now.</summary>
    IEnumerable<ConnectionCore> Connections { get; }
}
