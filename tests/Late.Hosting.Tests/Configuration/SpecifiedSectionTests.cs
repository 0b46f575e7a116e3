using Late.Hosting.Configuration;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Configuration;

/// <summary>Options from a section that the registration specifies.</summary>
public sealed class SpecifiedSectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_specified_section_is_read_in_place_of_that_of_the_name()
    {
        using var host = Build(
            new() { ["Feeds:Kraken:Uri"] = "wss://kraken.example/", ["Late:Forwarding:CallTimeout"] = "00:00:01" },
            static (services, configuration) => services.AddLateConnection<ForwardingHandler>(configuration.GetSection("Feeds:Kraken")));

        var options = OptionsOf(host, "Forwarding").Value;
        Assert.Equal(new Uri("wss://kraken.example/"), options.Uri);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CallTimeout);
    }

    [Fact]
    public void A_delegate_is_applied_after_a_specified_section_and_the_last_section_is_read()
    {
        using var host = Build(
            new() { ["A:Uri"] = "wss://a.example/", ["A:CallTimeout"] = "00:00:01", ["B:Uri"] = "wss://b.example/", ["B:SendTimeout"] = "00:00:02" },
            static (services, configuration) => services
                .AddLateConnection<ForwardingHandler>("eu", configuration.GetSection("A"), static options => options.SendTimeout = TimeSpan.FromSeconds(3))
                .Services.AddLateConnection<ForwardingHandler>("eu", configuration.GetSection("B")));

        var options = OptionsOf(host, "eu").Value;
        Assert.Equal(new Uri("wss://b.example/"), options.Uri);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CallTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), options.SendTimeout);
    }

    [Fact]
    public async Task P13_a_problem_in_a_specified_section_has_its_path()
    {
        using var host = Build(
            new() { ["Feeds:Kraken:CallTimeout"] = "soon", ["Feeds:Kraken:Urii"] = "wss://kraken.example/", ["Fleet:MailboxCapacity"] = "0" },
            static (services, configuration) => services
                .AddLateConnection<ForwardingHandler>(configuration.GetSection("Feeds:Kraken"))
                .Services.AddLateSupervisor<ForwardingHandler>("devices", configuration.GetSection("Fleet")));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains("Feeds:Kraken:CallTimeout cannot be read", error.Message, StringComparison.Ordinal);
        Assert.Contains("Feeds:Kraken:Urii is not an option. Did you mean Uri?", error.Message, StringComparison.Ordinal);
        Assert.Contains("Feeds:Kraken:Uri ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Fleet:MailboxCapacity is 0", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Late:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P13_a_specified_section_that_is_not_in_the_configuration_stops_the_start()
    {
        using var host = Build(
            [],
            static (services, configuration) => services.AddLateConnection<ForwardingHandler>(
                configuration.GetSection("Feeds:Krakne"), static options => options.Uri = new Uri("wss://kraken.example/")));

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains("Connection 'Forwarding' cannot run", error.Message, StringComparison.Ordinal);
        Assert.Contains("Feeds:Krakne is not in the configuration", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_of_another_configuration_reaches_the_options_of_its_section()
    {
        var other = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Kraken:Uri"] = "wss://kraken.example/", ["Kraken:CallTimeout"] = "00:00:01" }).Build();
        using var host = Build([], (services, _) => services.AddLateConnection<ForwardingHandler>(other.GetSection("Kraken")));
        var options = OptionsOf(host, "Forwarding");
        var changes = 0;
        options.Changed += (_, _) => changes++;
        Assert.Equal(TimeSpan.FromSeconds(1), options.Value.CallTimeout);

        other["Kraken:CallTimeout"] = "00:00:02";
        other.Reload();

        Assert.Equal(TimeSpan.FromSeconds(2), options.Value.CallTimeout);
        Assert.Equal(1, changes);
    }

    [Fact]
    public void A_reload_of_the_hosts_configuration_is_noticed_once()
    {
        using var host = Build(
            new() { ["Feeds:Kraken:Uri"] = "wss://kraken.example/" },
            static (services, configuration) => services.AddLateConnection<ForwardingHandler>(configuration.GetSection("Feeds:Kraken")));
        var options = OptionsOf(host, "Forwarding");
        _ = options.Value;
        var changes = 0;
        options.Changed += (_, _) => changes++;

        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration["Feeds:Kraken:CallTimeout"] = "00:00:02";
        configuration.Reload();

        Assert.Equal(TimeSpan.FromSeconds(2), options.Value.CallTimeout);
        Assert.Equal(1, changes);
    }

    [Fact]
    public void A_name_in_another_case_adds_to_the_configuration_of_the_same_connection()
    {
        using var host = Build(
            new() { ["Late:eu:Uri"] = "wss://a.example/" },
            static (services, _) => services
                .AddLateConnection<ForwardingHandler>("eu")
                .Services.AddLateConnection<ForwardingHandler>("EU", static options => options.SendTimeout = TimeSpan.FromSeconds(3)));

        Assert.Equal(TimeSpan.FromSeconds(3), OptionsOf(host, "eu").Value.SendTimeout);
    }

    private static CurrentOptions<LateConnectionOptions> OptionsOf(IHost host, string name) =>
        host.Services.GetRequiredKeyedService<CurrentOptions<LateConnectionOptions>>(name);

    private static IHost Build(Dictionary<string, string?> settings, Action<IServiceCollection, IConfiguration> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(new ScriptedHandler());
        register(builder.Services, builder.Configuration);
        return builder.Build();
    }
}
