using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Registration;

/// <summary>What has been registered for a handler under a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Handler">The handler.</param>
/// <param name="IsKeyed">Whether it is injected by its name.</param>
internal abstract record HandlerRegistration(string Name, Type Handler, bool IsKeyed) : ILateConnectionBuilder
{
    public required IServiceCollection Services { get; init; }

    /// <summary>The types of requests that the handler handles.</summary>
    public required IReadOnlyList<Type> Requests { get; init; }

    /// <summary>The sections of the configuration that it reads.</summary>
    public abstract IEnumerable<CheckedSection> SectionsOf(IServiceProvider provider);

    /// <summary>The method that registers it.</summary>
    protected abstract string Method { get; }

    /// <summary>What it is, for messages.</summary>
    protected abstract string What { get; }

    /// <summary>The name of what is given none: <c>Ticker</c> for a <c>TickerHandler</c>.</summary>
    public static string DefaultName(Type handler)
    {
        var name = handler.Name.Split('`')[0];
        return name.Length > "Handler".Length && name.EndsWith("Handler", StringComparison.Ordinal) ? name[..^"Handler".Length] : name;
    }

    /// <summary>Reads the options of connections from a section, in place of the one of the name.</summary>
    public HandlerRegistration With(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        Services.AddSingleton(new SpecifiedSection<LateConnectionOptions>(Name, section));
        return this;
    }

    /// <summary>Adds a delegate to the options.</summary>
    public HandlerRegistration With<TOptions>(Action<TOptions>? configure)
        where TOptions : class
    {
        if (configure is not null)
        {
            Services.Configure(Name, configure);
        }

        return this;
    }

    /// <summary>The registration that has the name already; null where none has.</summary>
    /// <exception cref="InvalidOperationException">It is another handler's, or injected in another way.</exception>
    public static TRegistration? Find<TRegistration>(TRegistration wanted)
        where TRegistration : HandlerRegistration
    {
        var found = wanted.Services
            .Select(static service => service.ServiceType == typeof(TRegistration) ? service.ImplementationInstance as TRegistration : null)
            .FirstOrDefault(registration => string.Equals(registration?.Name, wanted.Name, StringComparison.OrdinalIgnoreCase));
        return found is null || (found.Handler == wanted.Handler && found.IsKeyed == wanted.IsKeyed)
            ? found
            : throw new InvalidOperationException(
                $"There is a {found.What} '{wanted.Name}' already, of {TypeName.Of(found.Handler)}{(found.IsKeyed ? " with a name" : "")}. " +
                $"Give this one of {TypeName.Of(wanted.Handler)} another name: {found.Method}<{TypeName.Of(wanted.Handler)}>(\"…\").");
    }
}
