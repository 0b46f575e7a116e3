using System.Runtime.CompilerServices;
using Late.Hosting.Tests.Shared;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A test with data that ends by itself, or fails, like <see cref="BoundedFactAttribute"/>.</summary>
public sealed class BoundedTheoryAttribute : TheoryAttribute
{
    public BoundedTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Timeout = HangGuardAttribute.Limit;
}
