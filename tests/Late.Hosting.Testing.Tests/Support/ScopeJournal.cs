namespace Late.Hosting.Testing.Tests.Support;

/// <summary>What callbacks have used, and what of it was disposed.</summary>
public sealed class ScopeJournal
{
    private int _units;

    public List<string> Lines { get; } = [];

    /// <summary>A scoped service.</summary>
    public sealed class Unit(ScopeJournal journal) : IAsyncDisposable
    {
        private readonly int _number = ++journal._units;

        public void Use(string callback) => journal.Lines.Add($"{callback} {_number}");

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            journal.Lines.Add($"disposed {_number}");
        }
    }
}
