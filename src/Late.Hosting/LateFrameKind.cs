namespace Late.Hosting;

/// <summary>What a frame carries (RFC 6455 §5.2).</summary>
public enum LateFrameKind : byte
{
    /// <summary>A whole text message: UTF-8, checked on receipt.</summary>
    Text = 1,

    /// <summary>A whole binary message.</summary>
    Binary = 2,

    /// <summary>A ping, to be sent by hand; pings that come are answered by the connection.</summary>
    Ping = 9,

    /// <summary>A pong, to be sent by hand.</summary>
    Pong = 10,
}
