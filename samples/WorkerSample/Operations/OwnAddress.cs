using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace WorkerSample.Operations;

/// <summary>Where this application listens, once it has started.</summary>
internal static class OwnAddress
{
    /// <returns>The address of a path, with <c>http</c> rather than <c>https</c>; null where the server has no address, as in tests.</returns>
    public static Uri? Of(IServiceProvider services, string path)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return addresses.Select(BindingAddress.Parse).OrderBy(static address => address.Scheme == "https").FirstOrDefault() is { } address
            ? new UriBuilder(address.Scheme, IsLocal(address.Host) ? address.Host : "localhost", address.Port, path).Uri
            : null;
    }

    // "*", "+", "0.0.0.0" and "[::]" are all addresses of the machine, and none to connect to.
    private static bool IsLocal(string host) =>
        IPAddress.TryParse(host, out var address)
            ? !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            : host is not ("*" or "+");
}
