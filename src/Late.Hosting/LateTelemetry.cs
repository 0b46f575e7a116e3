namespace Late.Hosting;

/// <summary>
/// The names under which connections show in OpenTelemetry: give <see cref="MeterName"/> to <c>AddMeter</c> and
/// <see cref="ActivitySourceName"/> to <c>AddSource</c>. Units are those of UCUM, times are in seconds.
/// </summary>
public static class LateTelemetry
{
    /// <summary>The meter of all instruments.</summary>
    public const string MeterName = "Late.Hosting";

    /// <summary>The source of all spans.</summary>
    public const string ActivitySourceName = "Late.Hosting";

    /// <summary>
    /// How many connections of a name are in each state: of one, 1 for the state that it is in and 0 for the others; in
    /// <c>{connection}</c>.
    /// </summary>
    public const string ConnectionState = "late.connection.state";

    /// <summary>Attempts that have ended, by outcome; in <c>{attempt}</c>.</summary>
    public const string ConnectionAttempts = "late.connection.attempts";

    /// <summary>Lives that have begun: one with the start, and one for each restart after a fault or an error of the handler; in <c>{life}</c>.</summary>
    public const string ConnectionLives = "late.connection.lives";

    /// <summary>Text and binary messages received; messages, pings and pongs sent; in <c>{frame}</c>.</summary>
    public const string ConnectionFrames = "late.connection.frames";

    /// <summary>Bytes of WebSocket frames: with their headers, compressed where they are, without TLS; in <c>By</c>.</summary>
    public const string ConnectionIO = "late.connection.io";

    /// <summary>How long sessions lasted, from open to closed; in <c>s</c>.</summary>
    public const string SessionDuration = "late.session.duration";

    /// <summary>How long calls took to end, in any way; above 100,000 a second and connection, a sample; in <c>s</c>.</summary>
    public const string CallDuration = "late.call.duration";

    /// <summary>How long calls waited until the handler received them, or ended before that; sampled like <see cref="CallDuration"/>; in <c>s</c>.</summary>
    public const string CallQueueDuration = "late.call.queue.duration";

    /// <summary>How long callbacks ran; of those of a burst that complete synchronously, one in 64 items; in <c>s</c>.</summary>
    public const string CallbackDuration = "late.callback.duration";

    /// <summary>What waits for the handler, for room or for a session; what one read brought is one item; in <c>{item}</c>.</summary>
    public const string MailboxDepth = "late.mailbox.depth";

    /// <summary>How long pings took to be answered; in <c>s</c>.</summary>
    public const string PingDuration = "late.ping.duration";

    /// <summary>Frames that wait for <see cref="LateConnectionOptions.SendLimit"/>; in <c>{frame}</c>.</summary>
    public const string SendWaiting = "late.send.waiting";

    /// <summary>How long frames that had to wait for <see cref="LateConnectionOptions.SendLimit"/> did; in <c>s</c>.</summary>
    public const string SendDelay = "late.send.delay";

    /// <summary>Requests to the store of leases, by what was asked and the outcome; in <c>{request}</c>.</summary>
    public const string LeaseRequests = "late.lease.requests";

    /// <summary>Posts that were accepted, and dropped because their session ended; in <c>{post}</c>.</summary>
    public const string PostsDropped = "late.posts.dropped";

    /// <summary>Posts that were not accepted, which their senders know; in <c>{post}</c>.</summary>
    public const string PostsFailed = "late.posts.failed";

    /// <summary>Goodbyes before a close that time or a blocked socket cut short; in <c>{goodbye}</c>.</summary>
    public const string GoodbyesCut = "late.goodbyes.cut";

    /// <summary>Connections that were to replace an open session, and failed; the session continues; in <c>{switch}</c>.</summary>
    public const string SwitchesRefused = "late.switches.refused";

    /// <summary>Topics that have a reader; in <c>{topic}</c>.</summary>
    public const string TopicCount = "late.topic.count";

    /// <summary>Readers of topics; in <c>{reader}</c>.</summary>
    public const string TopicReaderCount = "late.topic.reader.count";

    /// <summary>Items that readers have lost, because they were slower than their topic; in <c>{item}</c>.</summary>
    public const string TopicDropped = "late.topic.dropped";

    /// <summary>Items that the slowest reader of each topic has not read, up to its <see cref="LateSubscribeOptions.Capacity"/>; in <c>{item}</c>.</summary>
    public const string TopicDepth = "late.topic.depth";

    /// <summary>Attempts that wait for a permit of a connect budget; in <c>{attempt}</c>.</summary>
    public const string BudgetWaiting = "late.budget.waiting";

    /// <summary>How often a server has made all connections of a connect budget wait; in <c>{pause}</c>.</summary>
    public const string BudgetPauses = "late.budget.pauses";

    /// <summary>
    /// The tag with the connection's name, which every span and every measurement of connections has; the supervisor's, unless
    /// <see cref="LateSupervisorOptions.MetricsPerConnection"/>, where connections are measured that it has started.
    /// </summary>
    public const string ConnectionNameTag = "late.connection.name";

    /// <summary>The tag with the budget's name.</summary>
    public const string BudgetNameTag = "late.budget.name";

    /// <summary>The tag with what was asked of the store of leases: <c>acquire</c>, <c>renew</c>, <c>release</c>.</summary>
    public const string LeaseOperationTag = "late.lease.operation";

    /// <summary>The tag with what the store of leases has answered: <c>granted</c>, <c>refused</c>, or <c>failed</c> where it has not.</summary>
    public const string LeaseOutcomeTag = "late.lease.outcome";

    /// <summary>The tag with the state: <c>ready</c>, <c>reconnecting</c> and so on.</summary>
    public const string ConnectionStateTag = "late.connection.state";

    /// <summary>The tag with an attempt's outcome: <c>connected</c>, <c>failed</c>, <c>canceled</c>.</summary>
    public const string AttemptOutcomeTag = "late.attempt.outcome";

    /// <summary>The tag with why a session ended: a <see cref="LateDisconnectReason"/>, like <c>closed_by_server</c>.</summary>
    public const string SessionEndTag = "late.session.end";

    /// <summary>The tag with a request's type.</summary>
    public const string RequestTag = "late.request.type";

    /// <summary>The tag with a call's outcome: <c>replied</c>, <c>failed</c>, <c>timed_out</c>, <c>canceled</c>, <c>disconnected</c>.</summary>
    public const string CallOutcomeTag = "late.call.outcome";

    /// <summary>The tag with a callback's name, like <c>HandleIn</c>.</summary>
    public const string CallbackTag = "late.callback.name";

    /// <summary>The tag with the direction of frames and bytes: <c>receive</c>, <c>transmit</c>.</summary>
    public const string DirectionTag = "network.io.direction";

    /// <summary>The tag with what failed: a status, a transport error, an exception's type.</summary>
    public const string ErrorTypeTag = "error.type";

    /// <summary>The units of the instruments (UCUM).</summary>
    public static class Units
    {
        /// <summary>Of <see cref="ConnectionState"/>.</summary>
        public const string Connection = "{connection}";

        /// <summary>Of <see cref="ConnectionAttempts"/> and <see cref="BudgetWaiting"/>.</summary>
        public const string Attempt = "{attempt}";

        /// <summary>Of <see cref="ConnectionLives"/>.</summary>
        public const string Life = "{life}";

        /// <summary>Of <see cref="ConnectionFrames"/> and <see cref="SendWaiting"/>.</summary>
        public const string Frame = "{frame}";

        /// <summary>Of <see cref="ConnectionIO"/>.</summary>
        public const string Byte = "By";

        /// <summary>Of every duration.</summary>
        public const string Second = "s";

        /// <summary>Of <see cref="MailboxDepth"/>, <see cref="TopicDropped"/> and <see cref="TopicDepth"/>.</summary>
        public const string Item = "{item}";

        /// <summary>Of <see cref="TopicCount"/>.</summary>
        public const string Topic = "{topic}";

        /// <summary>Of <see cref="TopicReaderCount"/>.</summary>
        public const string Reader = "{reader}";

        /// <summary>Of <see cref="LeaseRequests"/>.</summary>
        public const string Request = "{request}";

        /// <summary>Of <see cref="BudgetPauses"/>.</summary>
        public const string Pause = "{pause}";

        /// <summary>Of <see cref="PostsDropped"/> and <see cref="PostsFailed"/>.</summary>
        public const string Post = "{post}";

        /// <summary>Of <see cref="GoodbyesCut"/>.</summary>
        public const string Goodbye = "{goodbye}";

        /// <summary>Of <see cref="SwitchesRefused"/>.</summary>
        public const string Switch = "{switch}";
    }
}
