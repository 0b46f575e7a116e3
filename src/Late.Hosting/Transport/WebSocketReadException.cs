namespace Late.Hosting.Transport;

/// <summary>A read found the connection broken, or the protocol.</summary>
/// <param name="closeCode">The code to close with where the protocol is broken; null where the connection is.</param>
/// <param name="message">What happened.</param>
/// <param name="innerException">What the socket threw.</param>
internal sealed class WebSocketReadException(int? closeCode, string message, Exception? innerException = null)
    : IOException(message, innerException)
{
    public int? CloseCode { get; } = closeCode;
}
