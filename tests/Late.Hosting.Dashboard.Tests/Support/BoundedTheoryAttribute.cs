using System.Runtime.CompilerServices;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>A test that ends by itself, or fails: what waits for something that never comes is cancelled.</summary>
public sealed class BoundedTheoryAttribute : TheoryAttribute
{
    public BoundedTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Timeout = 60_000;
}
