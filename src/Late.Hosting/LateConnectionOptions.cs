using System.Net;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting;

/// <summary>
/// The options of a connection: the section <c>Late:{name}</c> of the configuration, then the delegate given to
/// <c>AddLateConnection</c>. A reload of the configuration is applied: a change of <see cref="Uri"/>, <see cref="Uris"/>,
/// <see cref="Headers"/> or <see cref="SubProtocols"/> reconnects once, every other change takes effect with its next use. While the connection is faulted, a change of any option begins a new life.
/// </summary>
public sealed class LateConnectionOptions
{
    /// <summary>
    /// The server's address: absolute, <c>ws</c> or <c>wss</c>. User info, percent-encoded, is sent as a Basic
    /// <c>Authorization</c> header (RFC 7617), unless <see cref="Headers"/> or <c>ConfigureHandshake</c> sets that header.
    /// </summary>
    /// <value>Required, here, in <see cref="Uris"/> or from <c>ConfigureHandshake</c>.</value>
    public Uri? Uri { get; set; }

    /// <summary>
    /// Further addresses of the same service, like <see cref="Uri"/>, which is the first of them where it is set. Attempts try them one
    /// after the other, beginning with the address of the last session that became ready: a failed attempt, and a session that ends before
    /// it is ready, move on to the next address. The delays between attempts are the same as with one address.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<Uri> Uris { get; } = [];

    /// <summary>
    /// Origins, like <c>wss://resume.example:8443</c>, that are trusted as those of <see cref="Uri"/> and <see cref="Uris"/> are. To an
    /// address that came from a message, by <c>HandleConnecting</c> for example, headers, cookies and credentials are sent only where
    /// its origin is one of these: see <see cref="LateHandshakeContext.IsForeignOrigin"/>. An address from a message never replaces
    /// <c>wss</c> by <c>ws</c>, unless its origin is one of these.
    /// </summary>
    /// <value>The default is none.</value>
    public IList<Uri> AllowedOrigins { get; } = [];

    /// <summary>Headers of the upgrade request; names are compared without case. The section has one value for each, code may set several.</summary>
    /// <value>The default is none.</value>
    public IDictionary<string, StringValues> Headers { get; } = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The requested sub-protocols, the preferred one first (RFC 6455 §1.9).</summary>
    /// <value>The default is none.</value>
    public IList<string> SubProtocols { get; } = [];

    /// <summary>The maximum time of one attempt, from <c>HandleConnecting</c> to the upgrade's answer.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum time of a session from open to ready; a session that exceeds it counts as a failed attempt. It is closed with 1008
    /// (<see cref="LateCloseCode.PolicyViolation"/>) and without <c>HandleClosing</c>: with 1000 or 1001, some servers would end a session
    /// that can be resumed.
    /// </summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call waits for its reply; where <see cref="MaxConcurrentCalls"/> limits it, from its slot on.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The maximum number of calls in progress, as protocols have it that allow one request at a time (OCPP). A further call waits for a slot,
    /// in the order of the calls, for <see cref="QueueTimeout"/>; with its slot, <see cref="CallTimeout"/> begins.
    /// </summary>
    /// <remarks>
    /// <para>A slot is free again when its call has its reply or has failed, its timeout has passed or the session has ended. A
    /// caller that cancels is released immediately, and the slot only when the server has answered (<c>call.Reply</c> or <c>Fail</c>), in one of these
    /// ways, or where <c>HandleCallEnd</c> returns <see cref="LateResult{TState}.ReleaseSlot"/>; at the latest <see cref="CallTimeout"/> after the
    /// cancellation, also where the call's own timeout is longer.</para>
    /// <para>Posts and sends do not wait for slots. A limit that a reload sets counts the calls that have begun, and no further call has a slot
    /// while there are too many.</para>
    /// </remarks>
    /// <value>The default is none.</value>
    public int? MaxConcurrentCalls { get; set; }

    /// <summary>
    /// The maximum number of calls in progress of single requests, by the name of the request's type without its namespace:
    /// <c>options.MaxConcurrentCallsByRequest[nameof(Subscribe)] = 1</c>. Case is ignored. Of several types with one name each has slots of its
    /// own; a name with its namespace limits one of them. A nested or generic type is named as C# writes it: <c>Feed.Subscribe</c>, <c>Batch&lt;int&gt;</c>. A name that no request of the handler has is refused at the host's start. A call needs a slot of <see cref="MaxConcurrentCalls"/> too where that is set. A
    /// request whose slots are taken holds up no other request.
    /// </summary>
    /// <value>The default is none.</value>
    public IDictionary<string, int> MaxConcurrentCallsByRequest { get; } = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How long a call waits for its slot where <see cref="MaxConcurrentCalls"/> or <see cref="MaxConcurrentCallsByRequest"/> limits it, until the connection is
    /// ready included. After it the call fails with <see cref="LateDelivery.NotDelivered"/>.
    /// </summary>
    /// <value>The default is 60 seconds.</value>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a callback runs before it is logged as slow.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan SlowCallbackThreshold { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum time of the goodbye (<c>HandleClosing</c>) and the close handshake together; a fifth of it is kept for the handshake.</summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a running callback may continue after the connection was asked to stop, before its token is canceled; also how
    /// long <c>HandleTerminate</c> may run. A stop takes at most twice this time and <see cref="CloseTimeout"/>. Where
    /// <c>HostOptions.ShutdownTimeout</c> leaves less for all that stop, each part is cut to its share.
    /// </summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan CallbackGracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The maximum time of one write; a session that exceeds it is lost.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time without received data after which the server is pinged (RFC 6455 §5.5.2). A busy connection is pinged as often, to
    /// measure its round-trip time; there a missing pong has no consequences.
    /// </summary>
    /// <value>The default is 20 seconds.</value>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The maximum time of the answer to a ping; a session that exceeds it is lost.</summary>
    /// <value>The default is 20 seconds.</value>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The maximum time without a message from the server, though it answers pings: the session is closed after it, with the goodbye of
    /// <c>HandleClosing</c>, and the connection reconnects. Time in which the connection does not read does not count.
    /// </summary>
    /// <value>The default is none.</value>
    public TimeSpan? DataTimeout { get; set; }

    /// <summary>The maximum size of a message, in bytes after decompression; a larger one closes the session with 1009.</summary>
    /// <value>The default is 1,048,576 (1 MiB).</value>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>The maximum number of calls, posts and sends that wait for the handler; further callers wait for room.</summary>
    /// <value>The default is 1,024.</value>
    public int MailboxCapacity { get; set; } = 1024;

    /// <summary>
    /// The maximum memory of received messages that wait for the handler, in bytes. When it is reached, nothing more is
    /// read until the handler has caught up, so that TCP applies backpressure to the server.
    /// </summary>
    /// <remarks>
    /// All memory counts: payloads, the buffers that they lie in, and 512 bytes for each read. One read, at most 256 KiB
    /// and one message, can exceed it.
    /// </remarks>
    /// <value>The default is 1,048,576 (1 MiB).</value>
    public int ReceiveBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>Whether compression is offered to the server.</summary>
    /// <value>The default is <see cref="LateCompression.Off"/>.</value>
    public LateCompression Compression { get; set; }

    /// <summary>
    /// The HTTP version of the upgrade: 1.1 (RFC 6455), or 2.0 (RFC 8441), which the server must offer: over TLS by ALPN,
    /// for <c>ws</c> by prior knowledge.
    /// </summary>
    /// <value>The default is 1.1.</value>
    public Version HttpVersion { get; set; } = System.Net.HttpVersion.Version11;

    /// <summary>What the start of the host waits for.</summary>
    /// <value>The default is <see cref="LateStartupMode.Background"/>.</value>
    public LateStartupMode Startup { get; set; }

    /// <summary>How long <see cref="LateStartupMode.WaitForReady"/> waits.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan StartupTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What calls, posts and sends do while the connection is not ready.</summary>
    /// <value>The default is <see cref="LateWhenNotReady.Wait"/>.</value>
    public LateWhenNotReady WhenNotReady { get; set; }

    /// <summary>What follows an exception from the handler.</summary>
    /// <value>The default is <see cref="LateHandlerErrorBehavior.Continue"/>.</value>
    public LateHandlerErrorBehavior HandlerErrors { get; set; }

    /// <summary>What follows when the connection has failed permanently.</summary>
    /// <value>The default is <see cref="LateFaultBehavior.StayFaulted"/>.</value>
    public LateFaultBehavior OnFault { get; set; }

    /// <summary>
    /// Whether <see cref="LateFaultBehavior.Restart"/> also follows a code of <see cref="PermanentStatusCodes"/> or
    /// <see cref="PermanentCloseCodes"/>.
    /// </summary>
    /// <value>The default is false.</value>
    public bool RestartPermanent { get; set; }

    /// <summary>
    /// Statuses of an answer to the upgrade, from 100 to 599, that are always permanent: the connection is faulted without
    /// another attempt, also after a ready session and whatever <see cref="LateReconnectOptions.ShouldReconnect"/> returns.
    /// </summary>
    /// <value>The default is none: see <see cref="LateReconnectOptions.IsTransient"/>.</value>
    public ISet<HttpStatusCode> PermanentStatusCodes { get; } = new HashSet<HttpStatusCode>();

    /// <summary>
    /// Codes of the server's close frame, from 1000 to 4999, that are always permanent: the connection is faulted without
    /// another attempt, unless <c>HandleDisconnect</c> returns <c>LateDisconnectResult.Reconnect</c>.
    /// </summary>
    /// <value>The default is none.</value>
    public ISet<int> PermanentCloseCodes { get; } = new HashSet<int>();

    /// <summary>Whether every received message has a span of its own, while tracing is on. It costs more than most messages do.</summary>
    /// <value>The default is false.</value>
    public bool TraceFrames { get; set; }

    /// <summary>
    /// Whether the log shows the messages of exceptions that callbacks throw. They may contain the content of a frame; without them
    /// the log has their types and stacks. Those of <c>Init</c>, which no frame has reached, are always shown.
    /// </summary>
    /// <value>The default is null: shown where the host's environment is Development, and hidden in any other.</value>
    public bool? LogExceptionMessages { get; set; }

    /// <summary>When and how often to reconnect.</summary>
    public LateReconnectOptions Reconnect { get; } = new();

    /// <summary>The delays between a fault and the next life.</summary>
    public LateRestartOptions Restart { get; } = new();

    /// <summary>Session rotation.</summary>
    public LateRotationOptions Rotation { get; } = new();

    /// <summary>Outbound rate limiting.</summary>
    public LateSendLimitOptions SendLimit { get; } = new();

    /// <summary>The errors of reading the configuration section; reported with all other problems.</summary>
    internal List<string> ConfigurationProblems { get; } = [];
}
