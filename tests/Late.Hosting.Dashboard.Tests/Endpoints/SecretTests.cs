using System.Text.Json;
using Late.Hosting.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Late.Hosting.Dashboard.Tests.Endpoints;

/// <summary>Promise P12: secrets stay out of the page.</summary>
public sealed class SecretTests
{
    private const string Planted = "pl4nted";

    [BoundedFact]
    public async Task P12_nothing_that_the_page_receives_holds_what_was_planted()
    {
        await using var app = await DashboardApp.StartAsync(Add, static application =>
        {
            application.MapLateDashboard();
            application.MapFeed();
            application.MapGet("/refuses", RefuseAsync);
        });
        using var http = app.CreateClient();
        await using var events = await EventReader.OpenAsync(http);

        var received = new List<string>();
        var failed = new HashSet<int>();
        while (failed.Count < 2)
        {
            var (_, data) = (await events.NextAsync())!.Value;
            received.Add(data.GetRawText());
            failed.UnionWith(data.GetProperty("connections").EnumerateArray().Where(HasError).Select(static connection => connection.GetProperty("id").GetInt32()));
        }

        foreach (var id in failed)
        {
            received.Add(await http.GetStringAsync($"/late/connections/{id}", TestContext.Current.CancellationToken));
        }

        Assert.Contains(received, static text => text.Contains("HandleIn threw InvalidOperationException", StringComparison.Ordinal));
        Assert.Contains(received, static text => text.Contains("it refused with 503", StringComparison.Ordinal));
        Assert.All(received, static text => Assert.DoesNotContain(Planted, text, StringComparison.OrdinalIgnoreCase));
    }

    private static void Add(IServiceCollection services)
    {
        services.AddSingleton(Planted);
        services.AddLateConnection<ThrowingHandler>("throws", static options => options.Headers["Authorization"] = $"Bearer {Planted}").ToOwn($"/feed?token={Planted}");
        services.AddLateConnection<QuietHandler>("refused").ToOwn($"/refuses?token={Planted}");
    }

    private static bool HasError(JsonElement connection) => connection.TryGetProperty("lastErrorAt", out var at) && at.ValueKind == JsonValueKind.Number;

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers["X-Token"] = Planted;
        return context.Response.WriteAsync(Planted);
    }
}
