using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Late.Hosting.Dashboard.Endpoints;
using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Late.Hosting.Dashboard.Tests.Endpoints;

/// <summary>Which users may look.</summary>
public sealed class AuthorizationTests
{
    private const string Scheme = "Test";

    [BoundedFact]
    public async Task RequireAuthorization_covers_the_page_and_all_its_parts()
    {
        await using var app = await DashboardApp.StartAsync(
            static services =>
            {
                services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, OperatorsOnly>(Scheme, null);
                services.AddAuthorization();
            },
            static application =>
            {
                application.UseAuthentication();
                application.UseAuthorization();
                application.MapLateDashboard("/late").RequireAuthorization();
            });
        using var http = app.CreateClient();

        foreach (var path in (string[])["", "/stream", "/connections/0", .. Assets.Load().Linked.Select(static asset => $"/{asset.Name}")])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, $"/late{path}", user: null));
            Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(http, $"/late{path}", user: "operator"));
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, string? user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-User", user);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private sealed class OperatorsOnly(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-User"] == "operator"
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([], Scheme.Name)), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
