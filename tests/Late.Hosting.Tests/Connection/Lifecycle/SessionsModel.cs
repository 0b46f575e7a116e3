using Late.Hosting.Connection.Lifecycle;

namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>What is expected of the phases of sessions, and of what is logged of them.</summary>
internal sealed class SessionsModel
{
    private static readonly HashSet<SessionPhase> s_open =
        [SessionPhase.Opening, SessionPhase.Held, SessionPhase.Releasing, SessionPhase.Ready, SessionPhase.Draining, SessionPhase.Closing, SessionPhase.HeldClose];

    private readonly Dictionary<int, SessionPhase> _phases = [];
    private readonly HashSet<int> _ended = [];

    public SessionsModel()
    {
    }

    public SessionsModel(SessionsModel other)
    {
        (_phases, _ended) = (new(other._phases), [.. other._ended]);
        (Present, IsConnecting, Opened) = (other.Present, other.IsConnecting, other.Opened);
        (WillDrain, Closings) = (new(other.WillDrain), new(other.Closings));
        (BeingLogged, Followed) = ([.. other.BeingLogged], [.. other.Followed]);
    }

    /// <summary>How many sessions there may be: one more than the number of the last that was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>The session that there is; null without one.</summary>
    public int? Present { get; private set; }

    /// <summary>Whether an attempt is in progress, or was what the present session began with.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>How each session ends that is to be replaced.</summary>
    public Dictionary<int, int> WillDrain { get; } = [];

    /// <summary>How each session ends whose end has begun.</summary>
    public Dictionary<int, int> Closings { get; } = [];

    /// <summary>The sessions of which another log line is written, before that of their end.</summary>
    public HashSet<int> BeingLogged { get; } = [];

    /// <summary>The sessions that have ended so that another one follows.</summary>
    public HashSet<int> Followed { get; } = [];

    public SessionPhase Slot => Present is { } session ? PhaseOf(session) : IsConnecting ? SessionPhase.Connecting : SessionPhase.None;

    /// <summary>The session that there is, where it is open and its end has not begun.</summary>
    public int? Continuing => Present is { } session && IsOpen(session) && !Closings.ContainsKey(session) ? session : null;

    public SessionPhase PhaseOf(int session) => _phases.GetValueOrDefault(session);

    public bool IsOpen(int session) => s_open.Contains(PhaseOf(session));

    public string Describe() => $"{Slot} {Present} {string.Join(",", Enumerable.Range(0, Opened).Select(PhaseOf))}";

    public void Open(int session) => (Present, _phases[session], Opened) = (session, SessionPhase.Opening, Math.Max(Opened, session + 1));

    public string Move(int session, SessionPhase to)
    {
        _phases[session] = to;
        return "happened";
    }

    public void Leave() => (Present, IsConnecting) = (null, false);

    public string Logged(int session)
    {
        BeingLogged.Remove(session);
        return _ended.Contains(session) ? $"nothing end:{session}" : "nothing";
    }

    public string LogEnd(int session)
    {
        _ended.Add(session);
        return BeingLogged.Contains(session) ? $"left:{session}" : $"left:{session} end:{session}";
    }
}
