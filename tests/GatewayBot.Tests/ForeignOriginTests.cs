using GatewayBot.Tests.Support;

namespace GatewayBot.Tests;

/// <summary>What the resume address of a session gets, where its origin is another one than that of the configured address (promise P12).</summary>
public sealed class ForeignOriginTests
{
    private const string Secret = "hunter2-6b1f";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P12_a_resume_address_gets_no_header_cookie_or_credential_unless_its_origin_is_allowed(bool isAllowed)
    {
        await using var gateway = await TestGateway.CreateAsync();
        gateway.Bot.Settings["Late:Gateway:Uri"] = new UriBuilder(gateway.Main.Uri) { Path = "/gateway", UserName = "bot", Password = Secret }.Uri.ToString();
        gateway.Bot.Settings["Late:Gateway:Headers:X-Key"] = Secret;
        gateway.Bot.Settings["Late:Gateway:AllowedOrigins:0"] = isAllowed ? gateway.Resume.Uri.ToString() : "ws://elsewhere.example";
        gateway.Main.Requested = static context =>
        {
            context.Response.Headers.SetCookie = $"node={Secret}; Path=/";
            return Task.FromResult(true);
        };
        var resumed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Resume.Requested = context =>
        {
            resumed.TrySetResult(string.Join('\n', context.Request.Headers.Select(static header => $"{header.Key}: {header.Value}")));
            return Task.FromResult(true);
        };
        await gateway.Bot.StartAsync();
        await gateway.Server.RequestReconnectAsync();
        await gateway.Bot.AdvanceToAttemptAsync();
        var headers = await resumed.Task.WaitAsync(TestContext.Current.CancellationToken);
        await gateway.Happenings.ExpectAsync("resume 1 ");

        foreach (var configured in new[] { $"X-Key: {Secret}", $"Cookie: node={Secret}", "Authorization: Basic ", "User-Agent: GatewayBot" })
        {
            Assert.Equal(isAllowed, headers.Contains(configured, StringComparison.Ordinal));
        }
    }
}
