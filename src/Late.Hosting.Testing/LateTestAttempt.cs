using System.Globalization;
using System.Net;
using System.Text;
using Late.Hosting.Testing.Wire;
using Late.Hosting.WebSockets;
using Microsoft.Extensions.Primitives;

namespace Late.Hosting.Testing;

/// <summary>One attempt of a connection to connect: an upgrade request that waits for the test's answer.</summary>
public sealed class LateTestAttempt
{
    private readonly LateTestPeer _peer;
    private readonly HttpMethod _method;
    private readonly Version _version;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOffered;

    internal LateTestAttempt(LateTestPeer peer, HttpRequestMessage request, int number, TimeSpan waited)
    {
        (_peer, _method, _version, Number, Waited) = (peer, request.Method, request.Version, number, waited);
        Uri = request.RequestUri!;
        Headers = request.Headers.NonValidated.ToDictionary(
            static header => header.Key, static header => new StringValues([.. header.Value]), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Which attempt at this peer it is; the first is 1.</summary>
    public int Number { get; }

    /// <summary>How far the clock was advanced since the attempt or the session before it ended; zero for the first.</summary>
    public TimeSpan Waited { get; }

    /// <summary>The address that was asked for.</summary>
    public Uri Uri { get; }

    /// <summary>The headers of the request; names are compared without case.</summary>
    public IReadOnlyDictionary<string, StringValues> Headers { get; }

    /// <summary>The sub-protocols that were asked for, the preferred one first.</summary>
    public IReadOnlyList<string> SubProtocols =>
        Headers.TryGetValue("Sec-WebSocket-Protocol", out var values) ? values.ToString().Split(',', StringSplitOptions.TrimEntries) : [];

    /// <summary>True when it is answered, or the connection has canceled it.</summary>
    public bool IsEnded => _answer.Task.IsCompleted;

    /// <summary>True where the connection has canceled it: its <c>ConnectTimeout</c> has passed, or it stops.</summary>
    public bool IsCanceled => _answer.Task.IsCanceled;

    /// <summary>True when the script has seen it, where there is one: what it did not answer is the test's.</summary>
    internal bool IsOffered
    {
        get => _isOffered;
        set => _isOffered = value;
    }

    /// <summary>Accepts it: the connection is open.</summary>
    /// <param name="subProtocol">The sub-protocol that the server chooses; null for none.</param>
    /// <param name="headers">Headers of the answer, in addition to those that the handshake needs.</param>
    /// <returns>The server's end of the WebSocket.</returns>
    /// <exception cref="LateTestException">It is already answered or canceled.</exception>
    public LateTestSession Accept(string? subProtocol = null, IEnumerable<KeyValuePair<string, StringValues>>? headers = null)
    {
        var session = new LateTestSession(_peer, this);
        var answer = Answer(_method == HttpMethod.Connect ? HttpStatusCode.OK : HttpStatusCode.SwitchingProtocols, headers);
        answer.Content = new UpgradedContent(session.Stream);
        if (Headers.TryGetValue("Sec-WebSocket-Key", out var key))
        {
            answer.Headers.TryAddWithoutValidation("Upgrade", "websocket");
            answer.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            answer.Headers.TryAddWithoutValidation("Sec-WebSocket-Accept", HandshakeRules.AcceptFor(key!));
        }

        if (subProtocol is not null)
        {
            answer.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", subProtocol);
        }

        End(() => _answer.SetResult(answer), session);
        return session;
    }

    /// <summary>Refuses it.</summary>
    /// <param name="status">The status of the answer.</param>
    /// <param name="retryAfter">When to come back, in whole seconds; null for an answer without the header.</param>
    /// <param name="headers">More headers of the answer.</param>
    /// <param name="body">The body of the answer.</param>
    /// <exception cref="LateTestException">It is already answered or canceled.</exception>
    public void Refuse(
        HttpStatusCode status, TimeSpan? retryAfter = null, IEnumerable<KeyValuePair<string, StringValues>>? headers = null, string body = "")
    {
        var answer = Answer(status, headers);
        answer.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (retryAfter is { } time)
        {
            answer.Headers.TryAddWithoutValidation("Retry-After", Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        }

        End(() => _answer.SetResult(answer));
    }

    /// <summary>Fails it below HTTP, before there is an answer.</summary>
    /// <param name="error">
    /// What failed: <see cref="HttpRequestError.NameResolutionError"/> for DNS, <see cref="HttpRequestError.ConnectionError"/>
    /// where no server listens, <see cref="HttpRequestError.SecureConnectionError"/> for TLS.
    /// </param>
    /// <exception cref="LateTestException">It is already answered or canceled.</exception>
    public void Fail(HttpRequestError error = HttpRequestError.ConnectionError) =>
        End(() => _answer.SetException(new HttpRequestException(error, $"The test's peer failed with {error}.")));

    /// <summary>Waits until the connection has canceled it.</summary>
    /// <returns>A task that is done then.</returns>
    /// <exception cref="LateTestException">It has not, or the attempt is answered.</exception>
    public async Task WaitUntilCanceledAsync()
    {
        await ((Task)_answer.Task).ContinueWith(static _ => { }, TaskScheduler.Default)
            .WithinAsync(_peer.WaitLimit, () => $"Expected attempt {Number} to be canceled. Advance the clock by ConnectTimeout, or stop the host.").ConfigureAwait(false);
        if (!IsCanceled)
        {
            throw new LateTestException($"Expected attempt {Number} to be canceled, and it is answered.");
        }
    }

    /// <summary>What the connection waits for.</summary>
    internal async Task<HttpResponseMessage> AnsweredAsync(CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (attempt, token) => ((LateTestAttempt)attempt!).Cancel(token), this))
        {
            return await _answer.Task.ConfigureAwait(false);
        }
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_answer.TrySetCanceled(cancellationToken))
            {
                _peer.OnLost();
            }
        }
    }

    private void End(Action end, LateTestSession? session = null)
    {
        lock (_gate)
        {
            if (IsEnded)
            {
                throw new LateTestException($"Attempt {Number} cannot be answered: {(IsCanceled ? "the connection has canceled it" : "it is answered already")}.");
            }

            _peer.OnAnswering(session);
            end();
        }
    }

    private HttpResponseMessage Answer(HttpStatusCode status, IEnumerable<KeyValuePair<string, StringValues>>? headers)
    {
        var answer = new HttpResponseMessage(status) { Version = _version };
        foreach (var (name, values) in headers ?? [])
        {
            answer.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        return answer;
    }
}
