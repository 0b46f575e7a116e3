using System.Globalization;

namespace Late.Hosting;

/// <summary>
/// Limits how much a connection sends, for servers that ban clients that send more: "120 messages in 60 seconds". Messages above the limit wait
/// and are sent in order, while the handler continues. The limit applies across all sessions of a connection. Pings, pongs and
/// closes neither count nor wait.
/// </summary>
/// <remarks>
/// In no <see cref="Window"/> more is written to the socket than is allowed: a message is counted from the end of the write that
/// carried it, however long that took. A network delivers unevenly: where a server counts to the last message, stay a few below
/// its limit. When <see cref="QueueLimit"/> messages wait, the handler receives no more work until one has been sent. Messages that
/// still wait when their session ends are not sent: the log counts them, and <c>SendAsync</c> throws.
/// <para>A heartbeat of the application is such a message: it is sent behind those that wait, and its post is not handled while <see cref="QueueLimit"/>
/// is reached. Where a server closes for a late heartbeat, let callers send less than the limit, with a rate limiter of their own
/// (<see cref="LateConnectionBuilderExtensions.ConfigureCalls"/>), so that the rest of it is left for heartbeats.</para>
/// </remarks>
public sealed class LateSendLimitOptions
{
    /// <summary>The maximum number of messages in a <see cref="Window"/>.</summary>
    /// <value>The default is null: no limit.</value>
    public int? Frames { get; set; }

    /// <summary>The maximum number of bytes in a <see cref="Window"/>: of the messages' payloads, before compression. A message with more is refused.</summary>
    /// <value>The default is null: no limit.</value>
    public long? Bytes { get; set; }

    /// <summary>The length of the window to which the limits apply, wherever it begins.</summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The maximum number of messages that wait. When it is reached, the handler receives no more work until one has been sent.</summary>
    /// <value>The default is 1,024.</value>
    public int QueueLimit { get; set; } = 1024;

    /// <summary>True where there is a limit.</summary>
    internal bool IsSet => Frames is not null || Bytes is not null;

    /// <summary>What is wrong with a frame that is to be sent; null where it may.</summary>
    internal string? Problem(in LateFrame frame) => Bytes is { } most && frame.CountBytes() is var bytes && bytes > most
        ? string.Create(CultureInfo.InvariantCulture, $"A frame has {bytes:N0} bytes, and SendLimit:Bytes allows {most:N0} in {Window}: it could never be sent. Send it in parts, or raise the limit.")
        : null;
}
