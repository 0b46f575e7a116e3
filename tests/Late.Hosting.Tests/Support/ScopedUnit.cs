namespace Late.Hosting.Tests.Support;

/// <summary>A scoped service that can only be disposed asynchronously, and writes that down with the callbacks.</summary>
internal sealed class ScopedUnit(ScopedUnits units, ScriptedHandler script) : IAsyncDisposable
{
    public int Number { get; } = units.Open();

    public async ValueTask DisposeAsync()
    {
        script.Write($"disposing {Number}");
        await units.Disposing();
        script.Write($"disposed {Number}");
    }
}
