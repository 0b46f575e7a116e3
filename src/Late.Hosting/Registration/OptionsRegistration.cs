using Late.Hosting.Configuration;
using Late.Hosting.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Registration;

/// <summary>Registers options: of connections, supervisors and budgets in the same way.</summary>
internal static class OptionsRegistration
{
    /// <summary>Adds what makes the options of all names.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The options.</param>
    /// <param name="rules">The checks that involve several options; null for none.</param>
    public static void AddSource<TOptions>(
        IServiceCollection services, OptionSection<TOptions> section, Action<IServiceProvider, string, TOptions, Problems>? rules = null)
        where TOptions : class, new()
    {
        services.AddOptions();
        services.AddSingleton(provider => new OptionSections<TOptions>(
            section, provider.GetService<IConfiguration>(), provider.GetServices<SpecifiedSection<TOptions>>()));
        services.AddSingleton(static provider => new OptionsReader<TOptions>(provider.GetRequiredService<OptionSections<TOptions>>()));
        services.AddSingleton<IConfigureOptions<TOptions>>(static provider => provider.GetRequiredService<OptionsReader<TOptions>>());
        services.AddSingleton<IOptionsChangeTokenSource<TOptions>>(static provider => provider.GetRequiredService<OptionsReader<TOptions>>());
        services.AddSingleton<IValidateOptions<TOptions>>(provider => new OptionsValidator<TOptions>(
            provider.GetRequiredService<OptionSections<TOptions>>(), rules is null ? null : (name, options, problems) => rules(provider, name, options, problems)));
        services.AddSingleton(static provider => new OptionsSource<TOptions>(
            provider.GetServices<IConfigureOptions<TOptions>>(),
            provider.GetServices<IPostConfigureOptions<TOptions>>(),
            provider.GetServices<IValidateOptions<TOptions>>(),
            provider.GetServices<IOptionsChangeTokenSource<TOptions>>(),
            (name, exception, current) => provider.GetRequiredService<ConnectionLog>().ReloadRefused(name, exception, current as LateConnectionOptions)));
    }

    /// <summary>Adds the options of one name.</summary>
    public static void Add<TOptions>(IServiceCollection services, string name)
        where TOptions : class, new() =>
        services.AddKeyedSingleton(name, static (provider, name) => provider.GetRequiredService<OptionsSource<TOptions>>().Open((string)name!));

    /// <summary>The section of one name, which is checked before the host starts anything.</summary>
    public static CheckedSection SectionOf<TOptions>(IServiceProvider provider, string name)
        where TOptions : class, new() =>
        new(provider.GetRequiredService<OptionSections<TOptions>>().PathOf(name), () => _ = provider.GetRequiredKeyedService<CurrentOptions<TOptions>>(name).Value);
}
