using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Late.Hosting.Benchmarks.Contestants.SignalR;

/// <summary>A SignalR connection over WebSocket alone, without the negotiation before it.</summary>
internal static class HubClient
{
    public static HubConnection Create(Uri uri) => new HubConnectionBuilder()
        .WithUrl(uri, options =>
        {
            options.Transports = HttpTransportType.WebSockets;
            options.SkipNegotiation = true;
        })
        .Build();

    public static async Task<HubConnection> ConnectAsync(Uri uri)
    {
        var connection = Create(uri);
        await connection.StartAsync();
        return connection;
    }
}
