namespace Late.Hosting.WebSockets;

/// <summary>
/// The server broke a rule, and the connection fails (RFC 6455 §7.1.7). The message names the rule and never shows payload.
/// </summary>
internal sealed class WebSocketProtocolException : Exception
{
    public WebSocketProtocolException(int closeCode, string message, Exception? innerException = null)
        : base(message, innerException) => CloseCode = closeCode;

    /// <summary>The status code that the Close frame to the server carries.</summary>
    public int CloseCode { get; }

    public static WebSocketProtocolException Violation(string rule) => new(LateCloseCode.ProtocolError, rule);

    public static WebSocketProtocolException InvalidPayload(string rule, Exception? innerException = null) =>
        new(LateCloseCode.InvalidPayload, rule, innerException);

    public static WebSocketProtocolException InvalidText() =>
        InvalidPayload("A text message from the server is not valid UTF-8 (RFC 6455 §8.1).");

    public static WebSocketProtocolException TooBig(int maxMessageBytes) =>
        new(LateCloseCode.MessageTooBig, $"The server sent a message of more than MaxMessageBytes ({maxMessageBytes}). Raise it if such messages are right (RFC 6455 §10.4).");
}
