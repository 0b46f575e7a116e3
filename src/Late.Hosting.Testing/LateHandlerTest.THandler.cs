using System.Net;
using Late.Hosting.Connection;
using Late.Hosting.Testing.Harness;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Testing;

/// <summary>A handler under test. Each step is done when everything that follows from it is done too.</summary>
/// <remarks>
/// <para>A step throws what the handler's callbacks throw. The state is then what it was, and the test may continue.</para>
/// <para>When a session has ended, the next attempt begins immediately, <c>HandleConnecting</c> with it, and waits for
/// <see cref="ConnectAsync"/>, which begins the next session without a delay. <see cref="Outcome"/> has the delay that was requested.</para>
/// <para>After a fault, a new life begins when <see cref="AdvanceAsync"/> has passed its delay, where <c>OnFault</c> is <c>Restart</c>, or
/// with <c>Client.ReconnectAsync</c>; <see cref="ConnectAsync"/> then opens its first session. After an error of the
/// handler it begins immediately, where <c>HandlerErrors</c> is <c>Restart</c>.</para>
/// </remarks>
/// <typeparam name="THandler">The handler.</typeparam>
public sealed class LateHandlerTest<THandler> : ILateHandlerTest<THandler>, IAsyncDisposable
    where THandler : class, ILateHandler
{
    private readonly HandlerConnection _connection;
    private int _cleared;

    internal LateHandlerTest(HandlerConnection connection) => _connection = connection;

    /// <summary>The handler of the present life, or of the last.</summary>
    public THandler Handler => (THandler)_connection.Runner.Handler;

    /// <summary>The connection as an application sees it, with its state.</summary>
    public ILateClient<THandler> Client => (ILateClient<THandler>)_connection.Client;

    /// <summary>The clock of the connection; advance it with <see cref="AdvanceAsync"/>.</summary>
    public LateTestClock Clock => _connection.Peer.Clock;

    /// <summary>True when calls are taken: connected, and not held by <c>HoldCalls()</c>.</summary>
    public bool IsReady => Client.State == LateConnectionState.Ready;

    /// <summary>
    /// How many calls wait: for a slot (<see cref="LateConnectionOptions.MaxConcurrentCalls"/>), or until the connection is ready. The handler has not received them.
    /// </summary>
    public int CallsWaiting => _connection.Calls.Waiting;

    /// <summary>
    /// How many calls the handler has received and not ended, canceled ones that keep their slot and entries of its own included.
    /// </summary>
    public int CallsInProgress => _connection.Calls.InProgress;

    /// <summary>What the handler has sent, over all sessions, since the start or the last <see cref="ClearSent"/>.</summary>
    public IReadOnlyList<LateFrame> Sent => [.. _connection.Sent.Skip(_cleared)];

    /// <summary>The text messages among <see cref="Sent"/>.</summary>
    public IReadOnlyList<string> SentTexts => [.. Sent.Where(static frame => frame.IsText).Select(static frame => frame.GetText())];

    /// <summary>The close frame that the connection has sent in the present or last session; null where it has sent none.</summary>
    public LateTestClose? Closed => _connection.Session?.Closed;

    /// <summary>The close frames that the connection has sent, over all sessions, in their order.</summary>
    public IReadOnlyList<LateTestClose> Closes => _connection.Closes;

    /// <summary>How the last session ended, and what follows: another attempt, after which delay. Null before the first end.</summary>
    public LateSessionOutcome? Outcome => _connection.Outcome;

    /// <summary>
    /// The attempt that <see cref="ConnectAsync"/> accepts and <see cref="RefuseAsync"/> refuses, with the address, the headers and the
    /// sub-protocols that <c>HandleConnecting</c> has set. While there is a session, the one that is to replace it
    /// (<see cref="LateReconnectOrder.ConnectFirst"/>). Null where there is none, and where it has failed.
    /// </summary>
    public LateTestAttempt? Attempt => _connection.Attempt;

    /// <summary>The connection, as its parts know it.</summary>
    internal ConnectionContext Context => _connection.Context;

    IHandlerState ILateHandlerTest<THandler>.HandlerState => _connection.Runner.State;

    /// <summary>Discards what has been sent so far.</summary>
    public void ClearSent() => _cleared = _connection.Sent.Count;

    /// <summary>
    /// Opens a session: <c>HandleConnect</c> has run, and its frames are sent. Where the attempt is to replace the present session, that
    /// continues until the switch; with <see cref="LateSwitchWhen.FirstMessage"/>, until <see cref="ReceiveNextAsync(LateFrame)"/>.
    /// </summary>
    /// <param name="subProtocol">The sub-protocol that the server chooses, one of the options'; null for none.</param>
    /// <param name="headers">Headers of the server's answer.</param>
    /// <returns>A task that is done then.</returns>
    /// <exception cref="InvalidOperationException">There is a session already, and no attempt to replace it; or the connection has ended.</exception>
    /// <exception cref="LateConnectException">
    /// The server's answer is not accepted, or <c>HandleConnecting</c> has thrown it, also of the attempt that has followed the last
    /// session. The next call makes the next attempt.
    /// </exception>
    public Task ConnectAsync(string? subProtocol = null, IEnumerable<KeyValuePair<string, StringValues>>? headers = null) =>
        _connection.ConnectAsync(subProtocol, headers);

    /// <summary>The server refuses the attempt. One that was to replace the present session is reported as <see cref="LateReconnectFailed"/>.</summary>
    /// <param name="status">The status of its answer.</param>
    /// <param name="retryAfter">When to come back, in whole seconds; null for an answer without the header.</param>
    /// <returns>A task that completes when everything that follows is done; <see cref="Outcome"/> has what follows an attempt between sessions.</returns>
    /// <exception cref="InvalidOperationException">No attempt waits for its answer.</exception>
    public Task RefuseAsync(HttpStatusCode status, TimeSpan? retryAfter = null) => _connection.RefuseAsync(status, retryAfter);

    /// <summary>The server sends a text message.</summary>
    /// <param name="text">The text.</param>
    /// <returns>A task that completes when the handler has handled it.</returns>
    public Task ReceiveAsync(string text) => ReceiveAsync(LateFrame.Text(text));

    /// <summary>The server sends a message.</summary>
    /// <param name="frame">The message.</param>
    /// <returns>A task that completes when the handler has handled it.</returns>
    public Task ReceiveAsync(LateFrame frame) => _connection.ReceiveAsync(frame);

    /// <summary>The server sends a text message on the next connection, while the session continues that it is to replace.</summary>
    /// <param name="text">The text.</param>
    /// <returns>A task that completes when everything that follows is done: the switch, where it has waited for the message.</returns>
    /// <exception cref="InvalidOperationException">There is no such connection.</exception>
    public Task ReceiveNextAsync(string text) => ReceiveNextAsync(LateFrame.Text(text));

    /// <inheritdoc cref="ReceiveNextAsync(string)"/>
    /// <param name="frame">The message.</param>
    public Task ReceiveNextAsync(LateFrame frame) => _connection.ReceiveNextAsync(frame);

    /// <summary>The connection breaks without a close frame.</summary>
    /// <returns>A task that completes when <c>HandleDisconnect</c> has run, and <c>HandleConnecting</c> for the next attempt.</returns>
    public Task DisconnectAsync() => _connection.DisconnectAsync(static session => session.Drop());

    /// <summary>The server closes the connection.</summary>
    /// <param name="closeCode">The code of its close frame.</param>
    /// <param name="reason">The reason in its close frame.</param>
    /// <returns>A task that completes when <c>HandleDisconnect</c> has run, and <c>HandleConnecting</c> for the next attempt.</returns>
    public Task DisconnectAsync(int closeCode, string reason = "") => _connection.DisconnectAsync(session => session.Close(closeCode, reason));

    /// <summary>
    /// Advances the clock: from one timer to the next, each with everything that follows from it, so that a heartbeat beats as
    /// often as it would.
    /// </summary>
    /// <param name="time">How far.</param>
    /// <returns>A task that completes when the clock is there.</returns>
    public Task AdvanceAsync(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return _connection.AdvanceAsync(time);
    }

    /// <summary>
    /// Waits until the handler has handled everything that it was given. Every step does; it is for what the test does
    /// through <see cref="Client"/>.
    /// </summary>
    /// <returns>A task that is done then.</returns>
    public Task SettleAsync() => _connection.SettleAsync();

    /// <summary>
    /// The configuration is reloaded, with other options: those of the address and its headers replace the session, with <c>HandleClosing</c> and
    /// <c>HandleDisconnect</c>; the next attempt waits then. Where <c>HandleClosing</c> holds the close, the session stays open until it is released.
    /// </summary>
    /// <param name="change">Changes the options, which are as they were given to the start, with the changes since. It runs more than once.</param>
    /// <returns>A task that completes when everything that follows from it is done.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are invalid; they stay as they were.</exception>
    public Task ReloadAsync(Action<LateConnectionOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _connection.Reload(change);
        return _connection.SettleAsync();
    }

    /// <summary>The host stops: <c>HandleClosing</c> and <c>HandleDisconnect</c>, where there is a session, and <c>HandleTerminate</c> have run.</summary>
    /// <returns>
    /// A task that is done then. Where <c>HandleClosing</c> holds the close, the test continues before it awaits the task:
    /// <see cref="ReceiveAsync(string)"/> has what the server still sends, and <see cref="AdvanceAsync"/> the end of the time for it.
    /// </returns>
    public Task StopAsync() => _connection.StopAsync();

    /// <summary>Ends the connection.</summary>
    /// <returns>A task that completes when it has ended.</returns>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Cancels a caller, and waits for everything that follows from it.</summary>
    internal Func<Task> Canceling(CancellationTokenSource caller) => async () =>
    {
        await caller.CancelAsync().ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
    };

    internal async Task PostAsync(ValueTask posting)
    {
        var posted = posting.AsTask();
        await SettleAsync().ConfigureAwait(false);
        if (!posted.IsCompleted)
        {
            throw new LateTestException($"The message waits for the connection, which is {Client.State}: {Client.Status.Reason}");
        }

        await posted.ConfigureAwait(false);
    }
}
