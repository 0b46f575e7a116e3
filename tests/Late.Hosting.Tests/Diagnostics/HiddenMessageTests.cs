using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace Late.Hosting.Tests.Diagnostics;

/// <summary>The messages of the application's own exceptions: where the log shows them, and what it shows where it does not (P12).</summary>
public sealed class HiddenMessageTests
{
    private const string Hint = "System.FormatException (its message is hidden; set LogExceptionMessages to log it)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Production", null, false)]
    [InlineData("Staging", null, false)]
    [InlineData("Production", true, true)]
    [InlineData("Development", null, true)]
    [InlineData("Development", false, false)]
    public async Task P12_a_callbacks_message_is_shown_in_Development_or_by_choice_and_else_the_log_explains_how(string environment, bool? chosen, bool isShown)
    {
        var handler = new ScriptedHandler { In = (_, _, _) => throw new FormatException("what was wrong", new InvalidOperationException("why")) };
        await using var host = new TestHost(handler, options => options.LogExceptionMessages = chosen, In(environment));
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("a"), Token);

        Check(Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackThrew").Exception!, isShown);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("Development", true)]
    public async Task P12_the_same_of_ConfigureHandshake_and_of_a_reload(string environment, bool isShown)
    {
        await using var host = new TestHost(
            configure: options => options.CallTimeout = options.Headers.ContainsKey("bad") ? throw new FormatException("what was wrong", new InvalidOperationException("why")) : options.CallTimeout,
            build: connection => In(environment)(connection.ConfigureHandshake((_, _) => throw new FormatException("what was wrong", new InvalidOperationException("why")))));
        await host.StartAsync();
        await host.WaitingUntilAsync();
        host.Configuration["Late:Forwarding:Headers:bad"] = "x";
        host.Configuration.Reload();

        Check(Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "HandshakeThrew").Exception!, isShown);
        Check(Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "ReloadRefused").Exception!, isShown);
    }

    [Fact] // No frame has reached it, and nothing else shows why a connection does not start.
    public async Task The_message_of_InitAsync_is_always_shown()
    {
        var handler = new ScriptedHandler { Init = static (_, _) => throw new FormatException("what was wrong", new InvalidOperationException("why")) };
        await using var host = new TestHost(handler);
        await host.StartAsync();
        await host.LoggedAsync("Faulted");

        var record = Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "Faulted");
        Assert.Contains("Init threw FormatException.", record.Message, StringComparison.Ordinal);
        Check(record.Exception!, isShown: true);
    }

    private static Action<ILateConnectionBuilder> In(string environment) => connection =>
        connection.Services.AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = environment });

    private static void Check(Exception exception, bool isShown)
    {
        var logged = exception.ToString();
        Assert.Equal(isShown, logged.Contains("what was wrong", StringComparison.Ordinal));
        Assert.Equal(isShown, logged.Contains("why", StringComparison.Ordinal));
        Assert.Equal(isShown ? 0 : 1, logged.Split("LogExceptionMessages").Length - 1);
        Assert.Equal(!isShown, logged.Contains(Hint, StringComparison.Ordinal));
    }
}
