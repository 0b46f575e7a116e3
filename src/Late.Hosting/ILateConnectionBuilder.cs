using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting;

/// <summary>A registered connection, to be configured further.</summary>
public interface ILateConnectionBuilder
{
    /// <summary>The connection's name: that of its options and its configuration section.</summary>
    string Name { get; }

    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
