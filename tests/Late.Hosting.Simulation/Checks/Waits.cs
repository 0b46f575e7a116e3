using Late.Hosting.Simulation.Worlds;

namespace Late.Hosting.Simulation.Checks;

/// <summary>Holds the wait before each attempt against what came before it (promise P10): a failure, a loss, or what was asked for.</summary>
internal sealed class Waits(Subject subject)
{
    private readonly Backoff _backoff = new(subject);
    private (TimeSpan Least, TimeSpan Most)? _next;

    /// <summary>Nothing is known of the next wait.</summary>
    public void Clear() => _next = null;

    /// <summary>The next wait may be any: of the backoff, or what one of several requests specifies.</summary>
    public void OnUnknown()
    {
        var (least, most) = _backoff.Next();
        _backoff.Instead(least, most);
        _next = null;
    }

    /// <summary>A stable session, or a new one was asked for: the backoff starts over.</summary>
    public void StartOver() => _backoff.StartOver();

    /// <summary>An attempt has failed.</summary>
    /// <param name="isRefused">By an answer of the server that waiting alone does not change.</param>
    /// <param name="asksAgain">It asks for another token.</param>
    /// <param name="retryAfter">The wait that was asked for; null for none.</param>
    public void OnFailed(bool isRefused, bool asksAgain, TimeSpan? retryAfter)
    {
        var (baseDelay, wait) = (subject.Options.Reconnect.BaseDelay, _backoff.Next(isRefused));
        var jitter = 0.5 * baseDelay;
        wait = asksAgain ? _backoff.Instead(baseDelay, baseDelay + jitter) : wait;
        if (retryAfter is { } least && least > TimeSpan.Zero)
        {
            var most = least + jitter;
            wait = _backoff.Instead(least > wait.Least ? least : wait.Least, least > baseDelay || most > wait.Most ? most : wait.Most);
        }

        _next = wait;
    }

    /// <summary>A session has ended.</summary>
    /// <param name="after">The delay that was asked for; null for none.</param>
    /// <param name="isImmediate">Another session was asked for.</param>
    public void OnDisconnected(TimeSpan? after, bool isImmediate)
    {
        if (isImmediate && after is null)
        {
            _next = (TimeSpan.Zero, TimeSpan.Zero);
            return;
        }

        var backoff = _backoff.NextAfterLoss();
        _next = after is { } delay ? _backoff.Instead(delay, delay) : backoff;
    }

    /// <summary>The connection was made before, or its attempt was begun: nothing is to be waited for.</summary>
    public void OnMade() => _next = _next is null ? null : _backoff.Instead(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>An attempt begins.</summary>
    public void OnWaited(TimeSpan waited)
    {
        if (_next is { } wait)
        {
            subject.Verdict.Require(waited >= wait.Least && waited <= wait.Most + subject.Time.Slack, "P10", $"an attempt began {waited} after the last one, not {wait.Least} to {wait.Most}");
            _backoff.OnWaited(waited);
        }
    }
}
