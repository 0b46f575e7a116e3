using System.Runtime.CompilerServices;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A test with data that ends by itself, or fails, like <see cref="BoundedFactAttribute"/>.</summary>
public sealed class BoundedTheoryAttribute : TheoryAttribute
{
    public BoundedTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Timeout = 20_000;
}
