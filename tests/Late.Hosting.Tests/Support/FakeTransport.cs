using System.Threading.Channels;
using Late.Hosting.Locking;
using Late.Hosting.Transport;

namespace Late.Hosting.Tests.Support;

/// <summary>A network in the test's hand: each attempt waits for the test's answer, or is answered by a script.</summary>
internal sealed class FakeTransport : ITransport
{
    private readonly Channel<FakeAttempt> _attempts = Channel.CreateUnbounded<FakeAttempt>();
    private int _count;

    /// <summary>Answers attempts immediately; null leaves them to <see cref="AttemptAsync"/>.</summary>
    public Action<FakeAttempt>? Script { get; set; }

    /// <summary>Runs when an attempt has been answered, before the connection observes it.</summary>
    public Action? AfterAnswer { get; set; }

    public int Count => Volatile.Read(ref _count);

    /// <summary>The next attempt; the test answers it.</summary>
    public async Task<FakeAttempt> AttemptAsync() => await _attempts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Accepts the next attempt.</summary>
    public async Task<FakeSocket> AcceptAsync() => (await AttemptAsync()).Accept();

    public Task<WebSocketConnection> ConnectAsync(LateHandshakeContext request, LateConnectionOptions options, CancellationToken cancellationToken)
    {
        Gate.AssertNoneIsHeld();
        Interlocked.Increment(ref _count);
        var attempt = new FakeAttempt(request, cancellationToken);
        if (Script is { } script)
        {
            script(attempt);
        }
        else
        {
            _attempts.Writer.TryWrite(attempt);
        }

        return AnsweredAsync(attempt);
    }

    public void Dispose()
    {
    }

    private async Task<WebSocketConnection> AnsweredAsync(FakeAttempt attempt)
    {
        var socket = await attempt.Answered;
        AfterAnswer?.Invoke();
        return socket;
    }
}
