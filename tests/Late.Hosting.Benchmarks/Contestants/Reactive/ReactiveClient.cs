using Websocket.Client;

namespace Late.Hosting.Benchmarks.Contestants.Reactive;

/// <summary>A <see cref="WebsocketClient"/> with its defaults, but one.</summary>
internal static class ReactiveClient
{
    public static WebsocketClient Create(Uri uri, Action<ResponseMessage>? receive = null)
    {
        // Reconnecting after a silence is its default; quiet connections are measured too.
        var client = new WebsocketClient(uri) { ReconnectTimeout = null, ErrorReconnectTimeout = null };
        if (receive is not null)
        {
            client.MessageReceived.Subscribe(receive);
        }

        return client;
    }

    public static async Task<WebsocketClient> ConnectAsync(Uri uri, Action<ResponseMessage>? receive = null)
    {
        var client = Create(uri, receive);
        await client.StartOrFail();
        return client;
    }
}
