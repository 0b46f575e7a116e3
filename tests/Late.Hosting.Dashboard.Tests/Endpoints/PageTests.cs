using System.Net;
using System.Text.RegularExpressions;
using Late.Hosting.Dashboard.Endpoints;
using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Late.Hosting.Dashboard.Tests.Endpoints;

/// <summary>The page and the files that it links to.</summary>
public sealed partial class PageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [BoundedFact]
    public async Task Every_answer_forbids_the_browser_what_the_page_does_not_need()
    {
        await using var app = await DashboardApp.StartAsync();
        using var http = app.CreateClient();

        foreach (var path in Paths())
        {
            using var answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
            var policy = answer.Headers.GetValues(HeaderNames.ContentSecurityPolicy).Single().Split("; ");

            Assert.Contains("default-src 'none'", policy);
            Assert.Contains("script-src 'self'", policy);
            Assert.Contains("style-src 'self'", policy);
            Assert.Contains("connect-src 'self'", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.DoesNotContain(policy, static directive => directive.Contains("unsafe", StringComparison.Ordinal) || directive.Contains('*'));
            Assert.Equal("nosniff", answer.Headers.GetValues(HeaderNames.XContentTypeOptions).Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        }
    }

    [Fact]
    public void The_page_has_no_inline_code_and_no_address_of_another_host()
    {
        var page = Text("index.html");

        Assert.DoesNotMatch(InlineCode(), page);
        Assert.All(Assets.Load().Linked.Select(static asset => asset.Name).Append("index.html"), static name =>
            Assert.DoesNotMatch("//[a-z]", Code(name)));
    }

    [BoundedTheory]
    [InlineData("/late", "", "/late")]
    [InlineData("/late/", "", "/late")]
    [InlineData("/ops/late", "", "/ops/late")]
    [InlineData("/base/late", "/base", "/late")]
    [InlineData("/", "", "")]
    public async Task Every_link_of_the_page_leads_to_a_file_wherever_the_page_is(string path, string pathBase, string pattern)
    {
        await using var app = await DashboardApp.StartAsync(map: application =>
        {
            application.UsePathBase(pathBase);
            application.UseRouting();
            application.MapLateDashboard(pattern);
        });
        using var http = app.CreateClient();
        var page = await http.GetStringAsync(path, Token);

        var links = Link().Matches(page).Select(static link => link.Groups["link"].Value).ToList();

        Assert.Contains(links, static link => link.EndsWith("dashboard.js", StringComparison.Ordinal));
        foreach (var link in links)
        {
            using var answer = await http.GetAsync(new Uri(new Uri(app.Address, path), link), Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public void Every_module_that_a_script_imports_is_served()
    {
        var served = Assets.Load().Linked.Select(static asset => asset.Name).ToHashSet();
        var scripts = served.Where(static name => name.EndsWith(".js", StringComparison.Ordinal));

        Assert.All(scripts.SelectMany(static name => Import().Matches(Text(name))).Select(static import => import.Groups["name"].Value), name => Assert.Contains(name, served));
    }

    [BoundedFact]
    public async Task What_the_browser_has_already_is_not_sent_again()
    {
        await using var app = await DashboardApp.StartAsync();
        using var http = app.CreateClient();

        foreach (var path in Paths().Where(static path => !path.Contains("stream", StringComparison.Ordinal)))
        {
            using var first = await http.GetAsync(path, Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
            using var second = await http.SendAsync(request, Token);

            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.True(first.Headers.CacheControl!.NoCache);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.Empty(await second.Content.ReadAsByteArrayAsync(Token));
        }
    }

    [BoundedTheory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Nothing_can_be_written(string method)
    {
        await using var app = await StartWithOneConnectionAsync();
        using var http = app.CreateClient();

        foreach (var path in Paths().Append("/late/connections/0"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
            using var answer = await http.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
        }
    }

    [BoundedFact]
    public async Task HEAD_is_answered_like_GET_without_the_content()
    {
        // Its first attempt has failed, and its clock stands still: nothing changes between two answers.
        await using var app = await StartWithOneConnectionAsync(new TestClock());
        await foreach (var status in app.Services.GetRequiredService<ILateClient<QuietHandler>>().WatchAsync(Token))
        {
            if (status.State == LateConnectionState.Reconnecting)
            {
                break;
            }
        }

        using var http = app.CreateClient();
        foreach (var path in Paths().Concat(["/late/connections/0", "/late/connections/17", "/late/"]))
        {
            using var get = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Token);
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            using var head = await http.SendAsync(request, Token);

            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(Headers(get), Headers(head));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
        }
    }

    private static Task<DashboardApp> StartWithOneConnectionAsync(TimeProvider? clock = null) => DashboardApp.StartAsync(services =>
    {
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddLateConnection<QuietHandler>(static options => options.Uri = new Uri("ws://127.0.0.1:9/"));
    });

    // When it was answered, and how the content is framed, is no part of the answer (RFC 9110 §9.3.2).
    private static IEnumerable<string> Headers(HttpResponseMessage answer) => answer.Headers.Concat(answer.Content.Headers)
        .Where(static header => header.Key is not ("Date" or "Transfer-Encoding"))
        .Select(static header => $"{header.Key}: {string.Join(", ", header.Value)}").Order();

    private static IEnumerable<string> Paths() =>
        ["/late", "/late/stream", .. Assets.Load().Linked.Select(static asset => $"/late/{asset.Name}")];

    private static string Text(string name) => System.Text.Encoding.UTF8.GetString(Asset.Load(name).Content);

    // Comments are not code, and the name of SVG is not an address.
    private static string Code(string name) => Comment().Replace(Text(name), "").Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);

    [GeneratedRegex("<style|<script(?![^>]* src=)| style=| on[a-z]+=|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex(" (?:src|href)=\"(?<link>[^#\"][^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("""from "\./(?<name>[^"]+)";""")]
    private static partial Regex Import();

    [GeneratedRegex("^ *// .*$| // .*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
