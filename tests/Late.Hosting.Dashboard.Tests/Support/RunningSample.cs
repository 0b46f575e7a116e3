using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>The sample, as <c>dotnet run</c> starts it, on a free port.</summary>
internal sealed class RunningSample : WebApplicationFactory<Program>
{
    public RunningSample()
    {
        UseKestrel();
        StartServer();
    }

    public Uri Address => ClientOptions.BaseAddress;

    // Not by UseKestrel(0): it sets the address while the application may already start, which fails (dotnet/aspnetcore#67714).
    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseUrls("http://127.0.0.1:0");
}
