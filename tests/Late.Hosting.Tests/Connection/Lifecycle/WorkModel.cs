namespace Late.Hosting.Tests.Connection.Lifecycle;

/// <summary>What is expected of the work that callers submit: what is admitted, what waits, and what is refused.</summary>
internal sealed class WorkModel
{
    public const int Capacity = 2;

    private readonly List<(int Number, bool Waits, bool Stays)> _admitted = [];
    private readonly List<(int Number, bool Waits, bool Stays)> _waiting = [];

    public WorkModel()
    {
    }

    public WorkModel(WorkModel other) => (_admitted, _waiting, Items) = ([.. other._admitted], [.. other._waiting], other.Items);

    /// <summary>How many items were submitted.</summary>
    public int Items { get; set; }

    /// <summary>How many items are there.</summary>
    public int Count => _admitted.Count + _waiting.Count;

    /// <param name="number">The item.</param>
    /// <param name="waits">Whether it waits for a session.</param>
    /// <param name="stays">Whether it waits again when its session is lost.</param>
    /// <param name="isReady">Whether the session takes work.</param>
    /// <param name="isDraining">Whether it has taken work, and takes no more.</param>
    public string Submit(int number, bool waits, bool stays, bool isReady, bool isDraining)
    {
        if (isReady && _waiting.Count == 0 && _admitted.Count < Capacity)
        {
            _admitted.Add((number, waits, stays));
            return "Admitted";
        }

        if (!isReady && !isDraining && !waits)
        {
            return "Refused";
        }

        _waiting.Add((number, waits, stays));
        return "Waiting";
    }

    public string Take(bool isReady)
    {
        if (_admitted.Count == 0)
        {
            return "nothing";
        }

        var number = _admitted[0].Number;
        _admitted.RemoveAt(0);
        var accepted = isReady ? Admit() : "";
        return accepted.Length > 0 ? $"took:{number} {accepted}" : $"took:{number}";
    }

    /// <summary>What waits is admitted, as far as there is room.</summary>
    public string Admit()
    {
        var accepted = new List<int>();
        while (_waiting.Count > 0 && _admitted.Count < Capacity)
        {
            accepted.Add(_waiting[0].Number);
            _admitted.Add(_waiting[0]);
            _waiting.RemoveAt(0);
        }

        return Numbers("accepted", accepted);
    }

    /// <summary>The connection is over.</summary>
    public string RefuseAll()
    {
        var refused = _admitted.Concat(_waiting).Select(static item => item.Number).ToList();
        _admitted.Clear();
        _waiting.Clear();
        return Numbers("refused", refused);
    }

    /// <summary>The session is over.</summary>
    public string RefuseOfSession()
    {
        var refused = _admitted.Where(static item => !item.Stays).Concat(_waiting.Where(static item => !item.Waits && !item.Stays)).Select(static item => item.Number).ToList();
        _waiting.RemoveAll(static item => !item.Waits && !item.Stays);
        _waiting.InsertRange(0, _admitted.Where(static item => item.Stays));
        _admitted.Clear();
        return Numbers("refused", refused);
    }

    private static string Numbers(string what, List<int> items) => items.Count > 0 ? $"{what}:{string.Join(",", items)}" : "";
}
