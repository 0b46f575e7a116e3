using System.IO.Compression;
using System.Text;
using Late.Hosting.IntegrationTests.Support;

namespace Late.Hosting.IntegrationTests;

/// <summary>What is kept and shown of an answer that refuses the upgrade.</summary>
public sealed class RefusedUpgradeTests
{
    [BoundedTheory]
    [InlineData("Content-Length: 100\r\n\r\nquota exceeded")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\ne\r\nquota exceeded\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n50\r\nquota exceeded")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\ne\r\nquota exceeded\r\nno size\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\ne\r\nquota exceededtoo long")]
    [InlineData("Connection: close\r\n\r\nquota exceeded")]
    public async Task A_body_that_is_cut_is_kept_as_far_as_it_came(string rest) =>
        Assert.Equal("quota exceeded", (await RefuseAsync(Bytes($"HTTP/1.1 403 Forbidden\r\n{rest}"))).Body);

    [BoundedTheory]
    [InlineData("Content-Length: 100\r\n\r\nquota exceeded")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\ne\r\nquota exceeded\r\n")]
    public async Task A_body_that_stalls_is_kept_as_far_as_it_came_and_does_not_take_the_whole_attempt(string rest)
    {
        var clock = new TestClock();
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, static options => options.ConnectTimeout = TimeSpan.FromMinutes(5), clock);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.ReadRequestAsync();
        await peer.WriteAsync(Bytes($"HTTP/1.1 403 Forbidden\r\n{rest}"));
        await clock.TimerAsync(TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(2));

        var fault = await app.ReachAsync(LateConnectionState.Faulted);
        Assert.StartsWith(Assert.IsType<LateConnectException>(fault.Exception).Body, "quota exceeded", StringComparison.Ordinal);
    }

    [BoundedTheory]
    [InlineData("gzip", 0)]
    [InlineData("gzip", 6)]
    [InlineData("GZIP", 0)]
    [InlineData("br", 0)]
    [InlineData("deflate", 0)]
    public async Task A_compressed_body_is_read_also_where_it_is_cut(string coding, int cut)
    {
        var content = new MemoryStream();
        await using (Stream compressed = coding.ToUpperInvariant() switch
        {
            "GZIP" => new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true),
            "BR" => new BrotliStream(content, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(content, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            await compressed.WriteAsync(Bytes("quota exceeded"), TestContext.Current.CancellationToken);
        }

        var error = await RefuseAsync(
            [.. Bytes($"HTTP/1.1 403 Forbidden\r\nContent-Encoding: {coding}\r\nContent-Length: {content.Length}\r\n\r\n"), .. content.ToArray()[..^cut]]);

        Assert.Equal("quota exceeded", error.Body);
    }

    [BoundedFact]
    public async Task A_body_is_kept_up_to_a_KiB_without_half_a_character()
    {
        var body = string.Concat(Enumerable.Repeat("€", 1000));

        Assert.Equal(body[..341], (await RefuseAsync(Bytes($"HTTP/1.1 403 Forbidden\r\nContent-Length: 3000\r\n\r\n{body}"))).Body);
    }

    [BoundedFact]
    public async Task The_headers_of_the_content_are_among_the_headers()
    {
        var error = await RefuseAsync(Bytes(
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: application/problem+json\r\nAllow: POST\r\nX-Why: it is so\r\nContent-Length: 2\r\n\r\n{}"));

        Assert.Equal(
            ("application/problem+json", "POST", "it is so", "2"),
            (error.Headers["content-type"].Single(), error.Headers["Allow"].Single(), error.Headers["X-Why"].Single(), error.Headers["Content-Length"].Single()));
    }

    [BoundedTheory]
    [InlineData(300, "https://user:hunter2@new.example:8443/feed/v3?token=hunter2#hunter2", "https://new.example:8443/feed/v3;")]
    [InlineData(301, "/moved?token=hunter2", "/moved;")]
    [InlineData(302, "//new.example/feed", "ws://new.example/feed;")]
    [InlineData(303, "wss://new.example", "wss://new.example/;")]
    [InlineData(304, "ws://new.example", "ws://new.example/;")]
    [InlineData(307, "../up?hunter2", "/up;")]
    [InlineData(308, "javascript:hunter2", "redirects are not followed")]
    [InlineData(399, "http://[hunter2", "redirects are not followed")]
    [InlineData(307, null, "redirects are not followed")]
    public async Task P10_a_redirect_is_permanent_and_names_its_target_without_secrets(int status, string? location, string named)
    {
        var error = await RefuseAsync(Bytes($"HTTP/1.1 {status} X\r\n{(location is null ? "" : $"Location: {location}\r\n")}Content-Length: 0\r\n\r\n"));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("Put the new address into Uri", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [BoundedTheory]
    [InlineData(400, true)]
    [InlineData(501, true)]
    [InlineData(404, false)]
    public async Task A_refusal_that_compression_may_have_caused_names_it(int status, bool isNamed)
    {
        var answer = Bytes($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(isNamed, (await RefuseAsync(answer, static options => options.Compression = LateCompression.Deflate)).Message.Contains("Compression = Off", StringComparison.Ordinal));
        Assert.DoesNotContain("Compression", (await RefuseAsync(answer)).Message, StringComparison.Ordinal);
    }

    [BoundedTheory]
    [InlineData("user:p%40ss", "user:p@ss")]
    [InlineData("user", "user:")]
    [InlineData("user:", "user:")]
    [InlineData(":pass", ":pass")]
    [InlineData("user:a:b%3Ac", "user:a:b:c")]
    [InlineData("us%C3%A9r:%E2%82%AC+%20", "usér:€+ ")]
    public async Task Credentials_in_the_address_become_a_Basic_header_RFC7617(string userInfo, string expected)
    {
        var (request, app) = await RequestAsync(userInfo);

        Assert.Contains($"\r\nAuthorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(expected))}\r\n", request, StringComparison.Ordinal);
        Assert.All(app.Logs.Entries, static entry => Assert.DoesNotMatch("user|p@ss|p%40ss|Basic", entry.Message));
    }

    [BoundedFact]
    public async Task An_Authorization_header_of_the_user_wins_over_credentials_in_the_address()
    {
        var (request, _) = await RequestAsync("user:pass", static options => options.Headers["authorization"] = "Bearer token");

        Assert.Contains("uthorization: Bearer token\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Basic", request, StringComparison.Ordinal);
    }

    [BoundedFact]
    public async Task An_address_without_credentials_has_no_Authorization_header() =>
        Assert.DoesNotContain("Authorization", (await RequestAsync("")).Request, StringComparison.Ordinal);

    private static async Task<(string Request, TestApp App)> RequestAsync(string userInfo, Action<LateConnectionOptions>? options = null)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(new Uri($"ws://{userInfo}@127.0.0.1:{server.Uri.Port}/feed"), options);
        await app.StartAsync();
        using var peer = await server.ConnectionAsync();
        var request = await peer.UpgradeAsync();
        await app.Client.WaitForReadyAsync(TestContext.Current.CancellationToken);
        return (request, app);
    }

    private static async Task<LateConnectException> RefuseAsync(byte[] answer, Action<LateConnectionOptions>? options = null)
    {
        using var server = RawServer.Start();
        await using var app = new TestApp(server.Uri, configured =>
        {
            configured.Startup = LateStartupMode.FailFast;
            options?.Invoke(configured);
        });
        var start = app.StartAsync();
        using var peer = await server.ConnectionAsync();
        await peer.ReadRequestAsync();
        await peer.WriteAsync(answer);
        peer.Dispose();
        var error = await Assert.ThrowsAsync<LateConnectException>(() => start);
        Assert.DoesNotContain("quota", error.Message, StringComparison.Ordinal);
        return error;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
