using Late.Hosting.Ownership;

namespace Late.Hosting.Transport;

/// <summary>The request of an attempt, which HTTP sends once; again only with credentials that were asked for.</summary>
internal sealed class UpgradeRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    private (Uri?, string)? _sent;

    /// <summary>True from the moment at which HTTP begins to write it.</summary>
    public bool IsSent => _sent is not null;

    /// <summary>Asked before HTTP/2 writes it; null where it may be.</summary>
    public IWriteGate? WriteGate { get; init; }

    /// <summary>Called when HTTP writes it.</summary>
    /// <exception cref="RepeatRefusedException">It was written before.</exception>
    /// <exception cref="WriteRefusedException">It may not be written.</exception>
    public void OnWriting()
    {
        if (WriteGate is { MayWrite: false })
        {
            throw new WriteRefusedException();
        }

        var authorization = Headers.NonValidated.TryGetValues("Authorization", out var values) ? values.ToString() : "";
        if (_sent == (RequestUri, authorization))
        {
            throw new RepeatRefusedException();
        }

        _sent = (RequestUri, authorization);
    }
}
