using System.Net;
using System.Net.Sockets;
using Late.Hosting.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Late.Hosting.IntegrationTests;

public sealed class SecretTests
{
    private const string Secret = "hunter2-6b1f";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task P12_secrets_and_payloads_come_out_nowhere()
    {
        using var outlet = new Outlet();
        await using var server = await TestServer.StartAsync();
        var (handshakes, sockets) = (0, 0);
        await using var app = new TestApp(
            new UriBuilder(server.Uri) { UserName = "user", Password = Secret, Query = $"token={Secret}" }.Uri,
            static options =>
            {
                options.Headers["Authorization"] = $"Bearer {Secret}";
                options.TraceFrames = true;
                options.PermanentStatusCodes.Add(HttpStatusCode.Unauthorized);
            },
            configure: connection =>
            {
                connection.Services.AddHealthChecks().AddLateConnections(static health => health.RestartWhenFaulted = true);
                connection.ConfigureHandshake((_, _) => ++handshakes == 1 ? throw Planted() : ValueTask.CompletedTask);
                connection.ConfigureHttpHandler((http, _) => http.ConnectCallback = async (context, cancellationToken) =>
                {
                    if (++sockets == 1)
                    {
                        throw Planted();
                    }

                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                });
            });
        var reports = new List<string>();
        await PlantAsync(app, server, reports);
        outlet.Collect();

        // All of it is there, and the secret is not.
        string[] logged = [.. app.Logs.Entries.Where(IsOurs).Select(static entry => $"{entry.Event.Name} {entry.Message} {entry.Exception}"), .. app.Logs.Scopes];
        foreach (var happened in (string[])["HandshakeThrew", "AttemptFailed", "CallbackThrew HandleConnect", "CallbackThrew HandleIn", "CallbackThrew HandleInfo", "CallbackThrew HandleDisconnect", "CallbackThrew HandleTerminate", "Faulted"])
        {
            var (name, callback) = (happened.Split(' ')[0], happened.Split(' ')[^1]);
            Assert.Contains(logged, line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(callback, StringComparison.Ordinal));
        }

        Assert.Contains(logged, static line => line.Contains(typeof(InvalidDataException).FullName!, StringComparison.Ordinal));
        Assert.All(
            (string[])["connect Scripted", "HandleConnect Scripted", "HandleIn Scripted", "HandleDisconnect Scripted", "call Ask"],
            name => Assert.Contains(outlet.Traced, span => span.StartsWith(name, StringComparison.Ordinal)));
        Assert.Contains(outlet.Measured, static measured => measured.StartsWith(LateTelemetry.CallDuration, StringComparison.Ordinal));
        Assert.Contains(outlet.Measured, static measured => measured.Contains("polly", StringComparison.Ordinal));
        var connection = app.Host.Services.GetRequiredService<ILateConnectionDirectory>().GetConnections().Single();
        IEnumerable<string> shown = [.. connection.GetRecentErrors().Select(static error => error.Message), .. connection.GetRecentChanges().Select(static change => change.Reason)];
        Assert.Contains("HandleIn threw InvalidDataException.", shown);
        Assert.Equal(3, reports.Count);
        Assert.All(
            logged.Concat(outlet.Traced).Concat(outlet.Measured).Concat(shown).Concat(reports),
            static text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    private static async Task PlantAsync(TestApp app, TestServer server, List<string> reports)
    {
        app.Script.Connect = static (_, _, _) => throw Planted();
        app.Script.In = static (_, _, _) => throw Planted();
        app.Script.Info = static (_, _, _) => throw Planted();
        app.Script.Call = static (_, _, _, _) => throw Planted();
        app.Script.Disconnect = static (_, _, _) => throw Planted();
        app.Script.Terminate = static (_, _, _) => throw Planted();
        await app.StartAsync();

        // After an exception from ConfigureHandshake and one from the socket.
        var request = await server.RequestAsync();
        Assert.Equal(($"Bearer {Secret}", $"?token={Secret}"), (request.Header("Authorization"), request.Context.Request.QueryString.Value));
        request.Context.Response.Headers.WWWAuthenticate = Secret;
        request.Context.Response.StatusCode = 503;
        await request.Context.Response.WriteAsync(Secret, Token);
        request.End();
        Assert.Equal(1011, (await (await server.AcceptAsync()).AnswerCloseAsync()).Code);

        app.Script.Connect = static (_, state, _) => LateResult.Ok(state);
        var peer = await app.AcceptAsync(server);
        await app.Client.SendAsync(LateFrame.Text(Secret), Token);
        Assert.Equal(Secret, await peer.ReceiveAsync());
        await peer.SendAsync(Secret);
        await app.Life.SkipToAsync($"In {Secret}");
        await app.Client.PostAsync(new Note(Secret), Token);
        Assert.Equal(Secret, (await Assert.ThrowsAsync<InvalidDataException>(() => app.Client.CallAsync(new Ask(Secret), Token))).Message);
        reports.Add(await ReportAsync(app));
        peer.Drop();
        request = await server.RequestAsync();
        reports.Add(await ReportAsync(app));
        request.Refuse(401);
        await app.Logs.NextAsync("Stopped");
        reports.Add(await ReportAsync(app));
        var error = await Assert.ThrowsAsync<LateFaultedException>(() => app.Client.CallAsync(new Ask(Secret), Token));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> ReportAsync(TestApp app)
    {
        var report = await app.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        return string.Join(' ', report.Entries.Select(static check => $"{check.Key} {check.Value.Description} {check.Value.Exception} {string.Join(' ', check.Value.Data)} {string.Join(' ', check.Value.Tags)}"));
    }

    private static bool IsOurs(LogEntry entry) =>
        entry.Category.StartsWith("Late", StringComparison.Ordinal) || entry.Category == "Polly" || entry.Category.Contains("HealthCheck", StringComparison.Ordinal);

    private static InvalidDataException Planted() => new(Secret, new FormatException(Secret));
}
