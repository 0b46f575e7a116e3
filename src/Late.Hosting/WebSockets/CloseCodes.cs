namespace Late.Hosting.WebSockets;

/// <summary>The status codes of a Close frame (RFC 6455 §7.4.1, and the IANA registry that §11.7 set up).</summary>
internal static class CloseCodes
{
    public const int NormalClosure = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int InvalidPayload = 1007;
    public const int MessageTooBig = 1009;
    public const int InternalError = 1011;

    /// <summary>Says locally that a Close frame had no code; never on the wire (§7.1.5).</summary>
    public const int NoStatus = 1005;

    /// <summary>Says locally that no Close frame came; never on the wire (§7.1.5).</summary>
    public const int Abnormal = 1006;

    /// <summary>Whether a Close frame may carry the code, in either direction.</summary>
    /// <remarks>
    /// §7.4.1 keeps 1004 for later and 1005, 1006 and 1015 for local use. The registry has since added 1012 to 1014.
    /// §7.4.2 gives 3000-3999 to libraries and 4000-4999 to applications. The rest has no meaning.
    /// </remarks>
    public static bool MayBeOnWire(int code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
