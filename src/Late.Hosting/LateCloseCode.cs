namespace Late.Hosting;

/// <summary>The close codes of RFC 6455 §7.4.1 and the IANA registry; 3000 to 4999 are free for applications.</summary>
public static class LateCloseCode
{
    /// <summary>The purpose of the connection is fulfilled.</summary>
    public const int NormalClosure = 1000;

    /// <summary>The peer goes away: a server goes down, an application ends.</summary>
    public const int GoingAway = 1001;

    /// <summary>A frame broke the protocol.</summary>
    public const int ProtocolError = 1002;

    /// <summary>A kind of data that the peer cannot accept.</summary>
    public const int UnsupportedData = 1003;

    /// <summary>A text message that is not UTF-8.</summary>
    public const int InvalidPayload = 1007;

    /// <summary>A message against the peer's policy.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>A message larger than the receiver takes.</summary>
    public const int MessageTooBig = 1009;

    /// <summary>The server did not agree to an extension that the client needs.</summary>
    public const int MandatoryExtension = 1010;

    /// <summary>Something unexpected kept the peer from continuing.</summary>
    public const int InternalError = 1011;

    /// <summary>The service restarts: come back after a while.</summary>
    public const int ServiceRestart = 1012;

    /// <summary>The service is overloaded: come back later.</summary>
    public const int TryAgainLater = 1013;

    /// <summary>A gateway got an invalid answer from the server behind it.</summary>
    public const int BadGateway = 1014;

    /// <summary>
    /// True for a code that may stand in a close frame: §7.4.1 keeps 1004 for later and 1005, 1006 and 1015 for local
    /// use, the IANA registry has added 1012 to 1014, §7.4.2 gives 3000 to 3999 to libraries and 4000 to 4999 to applications.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <returns>False for all others.</returns>
    public static bool MaySend(int code) =>
        code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
}
