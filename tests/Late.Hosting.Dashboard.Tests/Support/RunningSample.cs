using Microsoft.AspNetCore.Mvc.Testing;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>The sample, as <c>dotnet run</c> starts it, on a free port.</summary>
internal sealed class RunningSample : WebApplicationFactory<Program>
{
    public RunningSample()
    {
        UseKestrel(0);
        StartServer();
    }

    public Uri Address => ClientOptions.BaseAddress;
}
