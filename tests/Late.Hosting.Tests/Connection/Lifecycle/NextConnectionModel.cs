namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>What is expected of the connection that is to follow a session, and of what was requested while it is made.</summary>
internal sealed class NextConnectionModel
{
    private readonly HashSet<int> _made = [];
    private int? _candidate;
    private bool _isPrepared;
    private int? _adopted;

    public NextConnectionModel()
    {
    }

    public NextConnectionModel(NextConnectionModel other)
    {
        (_candidate, _isPrepared, _adopted, _made) = (other._candidate, other._isPrepared, other._adopted, [.. other._made]);
        (IsInterrupted, IsDeferred) = (other.IsInterrupted, other.IsDeferred);
    }

    /// <summary>Whether the present attempt is to end.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>Whether what was requested is for the session after the next.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>Whether it is made, next to the session or behind it, and no session has it.</summary>
    public bool IsMade => (_candidate ?? _adopted) is { } next && _made.Contains(next);

    /// <summary>Whether it is made, next to the session.</summary>
    public bool IsCandidateMade => _candidate is { } next && _made.Contains(next);

    /// <returns>Whether another is discarded.</returns>
    public bool Detach(int session)
    {
        var replaces = Discard();
        _candidate = session;
        _made.Remove(session);
        return replaces;
    }

    public string Prepare(int session, bool continues)
    {
        if (session != _candidate)
        {
            _ = session == _adopted ? _made.Add(session) : _made.Remove(session);
            return "nothing";
        }

        if (_isPrepared)
        {
            return "illegal";
        }

        _isPrepared = _made.Add(session);
        return continues ? "happened" : "nothing";
    }

    public void Refuse(int session) => _ = session == _candidate && Discard();

    public string Adopt()
    {
        _adopted = _candidate;
        return Discard() ? "candidate" : "nothing";
    }

    /// <summary>It has become a session, or is to become none.</summary>
    public void EndAdoption() => _adopted = null;

    public bool Discard()
    {
        var had = _candidate is not null;
        (_candidate, _isPrepared) = (null, false);
        return had;
    }

    /// <summary>An end that wants a delay takes no connection that is there already.</summary>
    public string DiscardBefore(int variant) => variant % 4 == 3 && Discard() ? "discarded" : "";

    /// <summary>Where no connection is made any more, what was put off ends the present attempt.</summary>
    public string Undefer()
    {
        if (IsMade || !IsDeferred)
        {
            return "";
        }

        (IsDeferred, IsInterrupted) = (false, true);
        return "interrupted";
    }
}
