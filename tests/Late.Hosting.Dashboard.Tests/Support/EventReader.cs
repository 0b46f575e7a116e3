using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>Reads the page's stream as a browser does.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventReader(HttpResponseMessage response, Stream stream, CancellationToken cancellationToken)
    {
        _response = response;
        _events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    public HttpResponseMessage Response => _response;

    public static async Task<EventReader> OpenAsync(HttpClient http, string path = "/late/stream")
    {
        var token = TestContext.Current.CancellationToken;
        var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, token);
        return new EventReader(response, await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(token), token);
    }

    /// <summary>The next event and its name; null when the stream has ended.</summary>
    public async Task<(string Name, JsonElement Data)?> NextAsync() =>
        await _events.MoveNextAsync() ? (_events.Current.EventType, JsonElement.Parse(_events.Current.Data)) : null;

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        try
        {
            await _events.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Torn off while it was read.
        }
    }
}
