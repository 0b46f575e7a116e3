using System.Net;
using System.Reflection;
using Late.Hosting.Diagnostics;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Late.Hosting.Tests.Diagnostics;

public sealed class LogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_message_has_a_number_and_a_name_in_their_order()
    {
        var messages = typeof(ConnectionLog).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .OrderBy(static method => method.MetadataToken)
            .Select(static method => (method.Name, Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(static method => method.Message is not null)
            .ToArray();

        Assert.Equal(Enumerable.Range(1, messages.Length), messages.Select(static message => message.Message!.EventId));
        Assert.All(messages, static message => Assert.Equal(message.Name, message.Message!.EventName));
    }

    [Fact]
    public async Task The_log_of_a_reconnect_reads_in_order_at_Information()
    {
        await using var host = new TestHost();
        var socket = await host.ReadyAsync();
        socket.Drop();
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1));
        await host.NextAttemptAsync();
        await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        await host.Client.CallAsync(new Ask("after it is logged"), Token);

        Assert.Equal(
            ["Connecting 1", "Ready 1", "SessionLost", "Waiting 2", "Connecting 2", "AttemptFailed 2", "Waiting 3", "Connecting 3", "Ready 2"],
            from record in host.Logs.GetSnapshot()
            where record.Category == ConnectionLog.Category && record.Level >= LogLevel.Information
            select $"{record.Id.Name} {record.GetStructuredStateValue("Attempt")}{record.GetStructuredStateValue("Session")}".TrimEnd());
    }

    [Fact] // Each line begins with it, and the message of an exception has it too.
    public async Task Each_line_names_its_connection_once()
    {
        await using var host = new TestHost(configure: static options => options.Reconnect.MaxAttempts = 2);
        await host.ReadyAsync();
        await host.Client.ReconnectAsync("a test", Token);
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1));
        await host.NextAttemptAsync();
        (await host.Transport.AttemptAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1));
        await host.StateAsync(LateConnectionState.Faulted);
        await host.StopAsync(Token);

        var lines = host.Logs.GetSnapshot().Where(static record => record.Category == ConnectionLog.Category).ToArray();
        Assert.All(lines, static record => Assert.Single(record.Message.Split("Forwarding").Skip(1)));
        Assert.Equal(
            ["AttemptFailed 1", "AttemptFailed 2", "Faulted ", "Stopped "],
            lines.Where(static record => record.Message.Contains(": It ", StringComparison.Ordinal)).Select(static record => $"{record.Id.Name} {record.GetStructuredStateValue("Attempt")}"));
    }

    [Fact]
    public async Task What_a_connection_and_its_handler_log_stands_in_scopes_with_its_name_and_session()
    {
        TestHost? own = null;
        var handler = new ScriptedHandler
        {
            In = (_, state, _) =>
            {
                own!.Logger.LogInformation(new EventId(0, "Own"), "own");
                return LateResult.Ok(state);
            },
        };
        await using var host = own = new TestHost(handler);
        var socket = await host.ReadyAsync();
        socket.Drop();
        await host.NextAttemptAsync();
        socket = await host.Transport.AcceptAsync();
        await host.Client.WaitForReadyAsync(Token);
        socket.Send("a");
        await host.Handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("a"), Token);

        var scopes = host.Logs.GetSnapshot()
            .Where(static record => record.Id.Name is not null)
            .GroupBy(static record => record.Id.Name)
            .ToDictionary(static group => group.Key!, static group => string.Join(' ', group.Last().Scopes));
        Assert.Equal("Connection:Forwarding", scopes["Connecting"]);
        Assert.Equal("Connection:Forwarding Session:1", scopes["SessionLost"]);
        Assert.Equal("Connection:Forwarding Session:2", scopes["Ready"]);
        Assert.Equal("Connection:Forwarding Session:2", scopes["Own"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_is_logged_with_its_types_and_stack_and_by_choice_with_its_messages(bool isChosen)
    {
        var handler = new ScriptedHandler { In = (_, _, _) => throw new FormatException("outer secret", new InvalidOperationException("inner secret")) };
        await using var host = new TestHost(handler, options => options.LogExceptionMessages = isChosen);
        var socket = await host.ReadyAsync();
        socket.Send("a");
        await host.Handler.SkipToAsync("In a");
        await host.Client.CallAsync(new Ask("a"), Token);

        var logged = Assert.Single(host.Logs.GetSnapshot(), static record => record.Id.Name == "CallbackThrew").Exception!.ToString();
        Assert.Contains("System.FormatException", logged, StringComparison.Ordinal);
        Assert.Contains(" ---> System.InvalidOperationException", logged, StringComparison.Ordinal);
        Assert.Contains($"at {typeof(LogTests).FullName}", logged, StringComparison.Ordinal);
        Assert.Equal(isChosen, logged.Contains("secret", StringComparison.Ordinal));
    }
}
