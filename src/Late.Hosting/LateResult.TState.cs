using System.Diagnostics.CodeAnalysis;
using Late.Hosting.Configuration;
using Late.Hosting.Connection;

namespace Late.Hosting;

/// <summary>What a callback returns: the next state, and what follows. Made by <see cref="LateResult"/>.</summary>
/// <typeparam name="TState">The state's type.</typeparam>
public readonly struct LateResult<TState>
{
    // One frame stands in place, so that sending it allocates nothing; everything else stands behind _more:
    // a list of frames, or a ResultActions.
    private readonly LateFrame _frame;
    private readonly object? _more;

    internal LateResult(TState state, in LateFrame frame, object? more)
    {
        State = state;
        _frame = frame;
        _more = more;
    }

    /// <summary>The next state.</summary>
    public TState State { get; }

    /// <summary>The single frame; its kind is zero where there is none.</summary>
    internal ref readonly LateFrame Frame
    {
        [UnscopedRef]
        get => ref _frame;
    }

    /// <summary>The frames after <see cref="Frame"/>.</summary>
    internal IReadOnlyList<LateFrame>? Frames => _more as IReadOnlyList<LateFrame> ?? Actions?.Frames;

    /// <summary>What follows beside frames.</summary>
    internal ResultActions? Actions => _more as ResultActions;

    /// <summary>True where nothing follows.</summary>
    internal bool IsPlain => _more is null && _frame.Kind == default;

    /// <summary>
    /// Holds calls back: the session is not ready until a later result says <see cref="ReleaseCalls"/>. For
    /// <c>HandleConnect</c> of a server that wants a login first.
    /// </summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> HoldCalls() => With((Actions ?? new()) with { Hold = true, Frames = Frames });

    /// <summary>Makes the session ready, when the frames of this result are written, after <see cref="HoldCalls"/>.</summary>
    /// <returns>The result with that.</returns>
    public LateResult<TState> ReleaseCalls() => With((Actions ?? new()) with { Release = true, Frames = Frames });

    /// <summary>Ends the connection for good, when the frames of this result are written; see <see cref="LateResult.Stop"/>.</summary>
    /// <param name="closeCode">The code of the close frame.</param>
    /// <param name="reason">The reason in the close frame.</param>
    /// <returns>The result with that.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not stand in a close frame.</exception>
    public LateResult<TState> ThenStop(int closeCode = LateCloseCode.NormalClosure, string reason = "")
    {
        if (!LateCloseCode.MaySend(closeCode))
        {
            throw new ArgumentOutOfRangeException(
                nameof(closeCode), closeCode, "This code may not stand in a close frame (RFC 6455 §7.4). Take 1000, or 4000 to 4999 for your own.");
        }

        return With((Actions ?? new()) with { Next = NextStep.Stop, CloseCode = closeCode, Reason = reason, Frames = Frames });
    }

    /// <summary>Makes a new session, when the frames of this result are written; see <see cref="LateResult.Reconnect"/>.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="after">The delay before the next attempt, at most a day; null leaves it to the backoff.</param>
    /// <returns>The result with that.</returns>
    public LateResult<TState> ThenReconnect(string reason = "", TimeSpan? after = null)
    {
        if (after < TimeSpan.Zero || after > Limits.LongestDelay)
        {
            throw new ArgumentOutOfRangeException(nameof(after), after, "The delay before the next attempt is zero to one day.");
        }

        return With((Actions ?? new()) with { Next = NextStep.Reconnect, CloseCode = LateCloseCode.NormalClosure, Reason = reason, After = after, Frames = Frames });
    }

    /// <summary>The result as a callback returns it that has nothing to wait for.</summary>
    /// <param name="result">The result.</param>
    public static implicit operator ValueTask<LateResult<TState>>(LateResult<TState> result) => new(result);

    private LateResult<TState> With(ResultActions actions) => new(State, _frame, actions);
}
