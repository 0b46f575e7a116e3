namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>How the peer answers an attempt.</summary>
internal enum Answer
{
    /// <summary>101, or 200 over HTTP/2, and then the steps.</summary>
    Upgrade,

    /// <summary>A refusal with a status.</summary>
    Refuse,

    /// <summary>A refusal whose body ends before its Content-Length.</summary>
    RefuseAndCutBody,

    /// <summary>A refusal whose body does not end.</summary>
    RefuseAndStallBody,

    /// <summary>A head that ends before its end, then FIN.</summary>
    CutHead,

    /// <summary>A head that ends before its end, then nothing.</summary>
    StallHead,

    /// <summary>No answer.</summary>
    Stall,

    /// <summary>FIN in place of an answer.</summary>
    Fin,

    /// <summary>RST in place of an answer.</summary>
    Reset,

    /// <summary>FIN before the request is read.</summary>
    FinOnAccept,

    /// <summary>RST before the request is read.</summary>
    ResetOnAccept,

    /// <summary>Bytes that are not HTTP.</summary>
    Garbage,

    /// <summary>A head without end.</summary>
    EndlessHead,

    /// <summary>An upgrade with a wrong Sec-WebSocket-Accept.</summary>
    WrongAccept,

    /// <summary>An upgrade with an extension that was not offered.</summary>
    UnofferedExtension,

    /// <summary>HTTP/2: RST_STREAM with REFUSED_STREAM.</summary>
    RefuseStream,

    /// <summary>HTTP/2: RST_STREAM with CANCEL.</summary>
    CancelStream,

    /// <summary>HTTP/2: GOAWAY before the stream.</summary>
    GoAway,

    /// <summary>TLS: an alert in place of a handshake.</summary>
    TlsAlert,

    /// <summary>TLS: FIN in the handshake.</summary>
    TlsFin,

    /// <summary>TLS: HTTP/2 is not offered.</summary>
    NoAlpn,
}
