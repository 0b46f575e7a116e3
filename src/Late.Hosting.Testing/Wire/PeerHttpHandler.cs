namespace Late.Hosting.Testing.Wire;

/// <summary>Takes upgrade requests to a peer instead of to a network.</summary>
internal sealed class PeerHttpHandler(LateTestPeer peer) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        peer.AnswerAsync(request, cancellationToken);
}
