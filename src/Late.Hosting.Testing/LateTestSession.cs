using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Late.Hosting.Testing.Wire;

namespace Late.Hosting.Testing;

/// <summary>
/// The server's end of one WebSocket, controlled by the test. It answers pings and close frames by itself unless configured
/// otherwise. What it sends are the bytes of RFC 6455, and the connection reads them as it would from a network.
/// </summary>
public sealed class LateTestSession
{
    private readonly LateTestPeer _peer;
    private readonly ByteQueue _outgoing;
    private readonly WriteGate _gate = new();
    private readonly Inbox _inbox;
    private readonly Lock _scriptGate = new();
    private Action<LateFrame>? _script;
    private volatile bool _isSilent;
    private volatile bool _hasClosed;

    internal LateTestSession(LateTestPeer peer, LateTestAttempt attempt)
    {
        (_peer, Attempt) = (peer, attempt);
        (_outgoing, _inbox) = (new ByteQueue(peer.Changes), new Inbox(peer));
        Stream = new ClientStream(_outgoing, _gate, OnWritten, OnLeft);
    }

    /// <summary>The attempt that became this session.</summary>
    public LateTestAttempt Attempt { get; }

    /// <summary>Whether pings are answered.</summary>
    /// <value>The default is true.</value>
    public bool AnswersPings { get; set; } = true;

    /// <summary>Whether the connection's close frame is answered with one, and with the end of the connection.</summary>
    /// <value>The default is true.</value>
    public bool AnswersClose { get; set; } = true;

    /// <summary>The messages that the connection has sent so far, whether the test has taken them or not.</summary>
    public IReadOnlyList<LateFrame> Received => [.. _inbox.All.Where(static frame => frame.Kind is LateFrameKind.Text or LateFrameKind.Binary)];

    /// <summary>The close frame that the connection has sent; null where it has sent none.</summary>
    public LateTestClose? Closed => _inbox.Close;

    /// <summary>True when the connection has released this session.</summary>
    public bool IsEnded => _inbox.IsGone;

    /// <summary>How many of the bytes sent the connection has not read: it reads on when its handler has caught up.</summary>
    public int UnreadBytes => _outgoing.Count;

    /// <summary>The connection's end.</summary>
    internal Stream Stream { get; }

    /// <summary>Every message, ping and pong that the connection has sent.</summary>
    internal IReadOnlyList<LateFrame> AllReceived => _inbox.All;

    /// <summary>True when the connection has read everything and waits for more, or reads no more.</summary>
    internal bool IsRead => _outgoing.IsRead;

    /// <summary>The bytes of a frame as a server sends it, to be changed or put together and sent with <see cref="SendBytes"/>.</summary>
    /// <param name="frame">A message, a ping or a pong.</param>
    /// <returns>Its bytes.</returns>
    public static byte[] Encode(LateFrame frame) => ServerFrame.Of(frame);

    /// <summary>Sends a text message.</summary>
    /// <param name="text">The text.</param>
    public void Send(string text) => Send(LateFrame.Text(text));

    /// <summary>Sends a message, a ping or a pong.</summary>
    /// <param name="frame">The frame.</param>
    public void Send(LateFrame frame) => SendBytes(Encode(frame));

    /// <summary>Sends one text message in several frames (RFC 6455 §5.4).</summary>
    /// <param name="parts">The text of each frame.</param>
    public void SendFragments(params IReadOnlyList<string> parts) => SendBytes(ServerFrame.Fragments([.. parts.Select(LateFrame.Text)]));

    /// <summary>Sends the beginning of a frame; the test decides what follows.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">How many of its bytes are sent: one to all, of a header of two or more and the payload.</param>
    public void SendPart(LateFrame frame, int bytes) => SendBytes(Encode(frame).AsSpan(0, bytes));

    /// <summary>Sends bytes as they are, right or wrong.</summary>
    /// <param name="bytes">The bytes.</param>
    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        if (!_isSilent)
        {
            _outgoing.Add(bytes);
        }
    }

    /// <summary>Sends a message byte by byte: each is read by itself.</summary>
    /// <param name="frame">The message.</param>
    /// <param name="interval">How far the clock is advanced between two bytes.</param>
    /// <returns>A task that completes when the last byte has been read.</returns>
    public async Task SendSlowlyAsync(LateFrame frame, TimeSpan interval = default)
    {
        var bytes = Encode(frame);
        for (var i = 0; i < bytes.Length; i++)
        {
            _peer.Clock.Advance(i == 0 ? TimeSpan.Zero : interval);
            SendBytes(bytes.AsSpan(i, 1));
            await WaitUntilAllReadAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the connection has read everything that was sent. Its handler may not have seen it yet.</summary>
    /// <returns>A task that completes when everything is read.</returns>
    public Task WaitUntilAllReadAsync() => _peer.UntilAsync(
        () => IsRead,
        () => $"Expected the connection to read everything, and it has left {UnreadBytes} bytes.");

    /// <summary>Sends a close frame; the connection ends when its answer has come.</summary>
    /// <param name="code">The code; null for a frame without one.</param>
    /// <param name="reason">The reason.</param>
    public void Close(int? code = LateCloseCode.NormalClosure, string reason = "")
    {
        _hasClosed = true;
        SendBytes(ServerFrame.CloseOf(code, Encoding.UTF8.GetBytes(reason)));
        if (Closed is not null)
        {
            End();
        }
    }

    /// <summary>Ends the connection without a close frame, as a server does that exits.</summary>
    public void End() => _outgoing.End();

    /// <summary>Breaks the connection, as a network does: what was sent is still read, then reads and writes fail.</summary>
    public void Drop()
    {
        static IOException Reset() => new("The connection was reset by the test's peer.");
        _gate.Break(Reset);
        _outgoing.Break(Reset);
    }

    /// <summary>
    /// Goes silent, as a server does that lost its power: the connection stays open, nothing is answered, not even pings,
    /// and nothing that is sent from here on arrives.
    /// </summary>
    public void GoSilent() => _isSilent = true;

    /// <summary>Reads nothing more: the connection's writes wait, as they do when TCP's buffers are full.</summary>
    public void BlockWrites() => _gate.Block();

    /// <summary>Reads again.</summary>
    public void UnblockWrites() => _gate.Unblock();

    /// <summary>
    /// Answers messages by a script, instead of keeping them for <see cref="ReceiveAsync"/>. It gets those first that are
    /// kept. What it throws is thrown by the test's next wait.
    /// </summary>
    /// <param name="script">Gets each message, one at a time, in order.</param>
    public void OnMessage(Action<LateFrame> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        lock (_scriptGate)
        {
            _script = script;
            RunScript();
        }
    }

    /// <summary>Waits for the connection's next message.</summary>
    /// <returns>The message.</returns>
    /// <exception cref="LateTestException">None came, or the connection ended first.</exception>
    public Task<LateFrame> ReceiveAsync() => _inbox.ReceiveAsync("a message");

    /// <summary>Waits for the connection's next message.</summary>
    /// <returns>Its text.</returns>
    /// <exception cref="LateTestException">None came, or the connection ended first.</exception>
    public async Task<string> ReceiveTextAsync() => (await _inbox.ReceiveAsync("a text message").ConfigureAwait(false)).GetText();

    /// <summary>Waits for the connection's next message.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="typeInfo">How to read it, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="LateTestException">None came, or the connection ended first.</exception>
    public async Task<T> ReceiveJsonAsync<T>(JsonTypeInfo<T> typeInfo)
    {
        var message = await _inbox.ReceiveAsync($"a message of JSON, a {typeof(T).Name}").ConfigureAwait(false);
        return message.ReadJson(typeInfo) ?? throw new LateTestException($"Expected a {typeof(T).Name} and received null.");
    }

    /// <summary>Waits for the connection's next message, which has to be a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>A task that completes when it has come.</returns>
    /// <exception cref="LateTestException">Something else came, or nothing, or the connection ended first.</exception>
    public async Task ExpectAsync(string text)
    {
        var message = await _inbox.ReceiveAsync(Inbox.Describe(LateFrame.Text(text))).ConfigureAwait(false);
        if (!message.IsText || message.GetText() != text)
        {
            throw new LateTestException($"Expected \"{text}\" and received {Inbox.Describe(message)}.");
        }
    }

    /// <summary>Waits for a ping of the connection.</summary>
    /// <returns>The ping, which is answered already unless <see cref="AnswersPings"/> is false.</returns>
    /// <exception cref="LateTestException">None came, or the connection ended first.</exception>
    public Task<LateFrame> ExpectPingAsync() => _inbox.ExpectPingAsync();

    /// <summary>Waits for a pong of the connection: the answer to a ping.</summary>
    /// <returns>The pong.</returns>
    /// <exception cref="LateTestException">None came, or the connection ended first.</exception>
    public Task<LateFrame> ExpectPongAsync() => _inbox.ExpectPongAsync();

    /// <summary>Waits for the connection's close frame; messages before it are left where they are.</summary>
    /// <param name="code">The code that it has to have; null for any.</param>
    /// <returns>The close frame.</returns>
    /// <exception cref="LateTestException">None came, or one with another code, or the connection ended without.</exception>
    public async Task<LateTestClose> ExpectCloseAsync(int? code = null)
    {
        var close = await _inbox.ExpectCloseAsync().ConfigureAwait(false);
        return code is null || close.Code == code
            ? close
            : throw new LateTestException($"Expected a close frame with {code} and received one with {Inbox.Describe(close)}.");
    }

    /// <summary>
    /// Waits until the connection is ready: <c>HandleConnect</c> has run, and calls are taken, unless the handler holds
    /// them until a message that the test has sent.
    /// </summary>
    /// <returns>A task that completes when it is ready.</returns>
    /// <exception cref="LateTestException">It is not, or the session has ended.</exception>
    public Task WaitUntilReadyAsync() => _peer.UntilAsync(
        () => IsEnded
            ? throw new LateTestException($"Expected the connection to be ready, and this session has ended: {_peer.Status?.Reason}")
            : _peer.Status?.State == LateConnectionState.Ready,
        () => $"Expected the connection to be ready, and it is {_peer.Status?.State}: {_peer.Status?.Reason}");

    /// <summary>Waits until the connection has released this session.</summary>
    /// <returns>A task that is done then.</returns>
    /// <exception cref="LateTestException">It has not.</exception>
    public Task WaitUntilEndedAsync() => _peer.UntilAsync(
        () => IsEnded,
        () => $"Expected the connection to end this session. {_inbox.Describe()}");

    private void OnWritten(ReadOnlyMemory<byte> bytes) => _inbox.Write(bytes.Span, OnFrame);

    private void OnFrame(LateFrame? frame)
    {
        switch (frame?.Kind)
        {
            case null:
                OnClose();
                break;
            case LateFrameKind.Ping when AnswersPings:
                Send(LateFrame.Pong(frame.Value.Payload));
                break;
            case LateFrameKind.Text or LateFrameKind.Binary:
                lock (_scriptGate)
                {
                    RunScript();
                }

                break;
        }
    }

    private void OnClose()
    {
        if (!AnswersClose || _isSilent)
        {
            return;
        }

        if (!_hasClosed)
        {
            SendBytes(ServerFrame.CloseOf(Closed!.Code, []));
        }

        End();
    }

    private void RunScript()
    {
        try
        {
            while (_script is { } script && _inbox.TakeMessage() is { } message)
            {
                script(message);
            }
        }
        catch (Exception exception)
        {
            _peer.OnScriptFailed(ExceptionDispatchInfo.Capture(exception));
            Drop();
        }
    }

    private void OnLeft()
    {
        _peer.OnLost();
        _inbox.Leave();
    }
}
