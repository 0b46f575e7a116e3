using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Points a connection to the application that keeps it.</summary>
internal static class OwnServer
{
    public static ILateConnectionBuilder ToOwn(this ILateConnectionBuilder connection, string path) => connection.ConfigureHandshake(async (handshake, _) =>
    {
        var started = new TaskCompletionSource();
        using var registration = handshake.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
        await started.Task;
        var address = handshake.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        handshake.Uri = new Uri(new Uri(address.Replace("http:", "ws:", StringComparison.Ordinal)), path);
    });
}
