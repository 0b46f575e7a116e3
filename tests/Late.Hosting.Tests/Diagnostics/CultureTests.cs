using System.Globalization;
using Late.Hosting.Testing;
using Late.Hosting.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Tests.Diagnostics;

/// <summary>Messages, logs and health are the same in every culture of the application: separators, signs, digits, calendars, casing.</summary>
public sealed class CultureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Cultures => ["tr-TR", "de-DE", "ar-SA", "fa-IR", "sv-SE", "th-TH"];

    [Theory]
    [MemberData(nameof(Cultures))]
    public async Task What_the_library_writes_does_not_depend_on_the_culture(string culture)
    {
        CultureInfo other;
        try
        {
            other = new CultureInfo(culture);
        }
        catch (CultureNotFoundException)
        {
            Assert.Skip("There is no ICU on this machine, and so no culture.");
            return;
        }

        var expected = await InAsync(CultureInfo.InvariantCulture);
        Assert.Equal(expected, await InAsync(other));
    }

    private static async Task<string> InAsync(CultureInfo culture)
    {
        var (before, beforeUi) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
        try
        {
            return string.Join('\n', [await WrongSettingsAsync(), await BudgetAsync(), .. await RunningAsync(), await KitAsync(), HealthOptions(), Status()]);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, beforeUi);
        }
    }

    // An application logs it, or compares a kept line with it.
    private static string Status() =>
        $"{new LateConnectionStatus { State = LateConnectionState.Ready, Since = new DateTimeOffset(2026, 1, 31, 15, 0, 0, TimeSpan.FromHours(2)), Reason = "It is." }}";

    private static async Task<string> WrongSettingsAsync()
    {
        await using var host = new TestHost(
            configure: static options =>
            {
                (options.MailboxCapacity, options.Startup, options.CallTimeout) = (-5, (LateStartupMode)(-7), TimeSpan.FromSeconds(-1.5));
                (options.SendLimit.Bytes, options.Rotation.Jitter) = (-6, TimeSpan.FromSeconds(-0.5));
            },
            settings: new() { ["Late:Forwarding:STARTUPTIMEOUT"] = "00:00:01.5", ["Late:Forwarding:WHENNOTREADY"] = "wait", ["Late:Forwarding:MAILBOXCAPACITI"] = "1" });
        return (await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync)).Message;
    }

    private static async Task<string> BudgetAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLateConnectBudget("Venue", static options => (options.PerSecond, options.Burst) = (0.5, 1_000_000));
        builder.Services.AddLateConnectBudget("Other", static options => options.PerSecond = 2_000_000.5);
        using var host = builder.Build();
        return (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token))).Message;
    }

    private static async Task<IEnumerable<string>> RunningAsync()
    {
        await using var host = new TestHost(
            configure: static options =>
            {
                options.SendLimit.Bytes = 1_000;
                options.Reconnect.ShouldReconnect = static _ => true;
            },
            build: static connection => connection.Services.AddHealthChecks().AddLateConnections());
        var client = host.Client;
        await host.StartAsync();
        var attempt = await host.Transport.AttemptAsync();
        var notReady = await Assert.ThrowsAsync<LateDisconnectedException>(() => client.PingAsync(Token));
        attempt.Refuse(System.Net.HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1234.5));
        await host.Time.TimerAsync(await host.WaitingUntilAsync());
        var tooBig = await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync(LateFrame.Binary(new byte[12_345]), Token).AsTask());
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        return
        [
            notReady.Message,
            tooBig.Message,
            // The delay is jittered: its form is enough.
            string.Join(' ', health.Entries.Values.Select(static entry => entry.Description!.Split(" Attempt ")[0])),
            .. host.Logs.GetSnapshot().Where(static record => record.Category == "Late.Hosting" && record.Id.Name != "Waiting").Select(static record => record.Message),
            .. host.Logs.GetSnapshot().Where(static record => record.Id.Name == "Waiting").Select(static record => System.Text.RegularExpressions.Regex.Replace(record.Message, "[0-9]+", "9")),
        ];
    }

    private static async Task<string> KitAsync()
    {
        var peer = new LateTestPeer { WaitLimit = TimeSpan.FromMilliseconds(1) };
        return (await Assert.ThrowsAsync<LateTestException>(async () => await peer.NextAttemptAsync())).Message;
    }

    private static string HealthOptions() => Assert.Throws<ArgumentOutOfRangeException>(
        static () => new ServiceCollection().AddHealthChecks().AddLateConnections(static options => (options.GracePeriod, options.MinReadyShare) = (TimeSpan.FromSeconds(-1.5), 1.5))).Message;
}
