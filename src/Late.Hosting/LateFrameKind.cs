namespace Late.Hosting;

/// <summary>What a frame carries (RFC 6455 §5.2).</summary>
public enum LateFrameKind : byte
{
    /// <summary>A whole text message: UTF-8, checked on receipt.</summary>
    Text = 1,

    /// <summary>A whole binary message.</summary>
    Binary = 2,
}
