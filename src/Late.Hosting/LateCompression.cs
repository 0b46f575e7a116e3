namespace Late.Hosting;

/// <summary>Whether permessage-deflate (RFC 7692) is offered to the server.</summary>
public enum LateCompression
{
    /// <summary>It is not offered.</summary>
    Off,

    /// <summary>It is offered; both sides may keep their window from message to message, for the best ratio.</summary>
    Deflate,

    /// <summary>
    /// It is offered with <c>client_no_context_takeover</c> and <c>server_no_context_takeover</c> (RFC 7692 §7.1.1):
    /// a worse ratio, and no memory held between messages.
    /// </summary>
    DeflateNoContextTakeover,
}
