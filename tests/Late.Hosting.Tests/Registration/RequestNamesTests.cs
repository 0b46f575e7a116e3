using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Registration;

/// <summary>The names in <see cref="LateConnectionOptions.MaxConcurrentCallsByRequest"/>.</summary>
public sealed class RequestNamesTests
{
    private const string Option = "Late:Forwarding:MaxConcurrentCallsByRequest";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P13_a_limit_of_a_request_that_the_handler_does_not_handle_stops_the_start_and_is_named_with_what_was_meant()
    {
        await using var host = new TestHost(new ScriptedHandler(), settings: new() { [$"{Option}:Watchd"] = "1" });

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        Assert.Contains($"{Option}:Watchd limits a request that ForwardingHandler does not handle. Did you mean Watched? There are: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ask")]
    [InlineData("ask")]
    [InlineData("Late.Hosting.Tests.Support.Ask")]
    public async Task P13_a_request_is_named_with_its_namespace_or_without(string name)
    {
        await using var host = new TestHost(new ScriptedHandler(), settings: new() { [$"{Option}:{name}"] = "1" });

        await host.ReadyAsync();
    }

    [Fact]
    public async Task P13_a_supervisor_refuses_such_a_limit_too()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateSupervisor<ForwardingHandler>();
        builder.Services.Configure<LateConnectionOptions>("Forwarding", static options => options.MaxConcurrentCallsByRequest["Other"] = 1);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
        Assert.Contains("MaxConcurrentCallsByRequest:Other limits a request that ForwardingHandler does not handle.", error.Message, StringComparison.Ordinal);
    }
}
