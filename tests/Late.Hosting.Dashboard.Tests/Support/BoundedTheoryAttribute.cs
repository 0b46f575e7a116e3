using System.Runtime.CompilerServices;
using Late.Hosting.Tests.Shared;

namespace Late.Hosting.Dashboard.Tests.Support;

/// <summary>A test that xUnit itself ends where it hangs, after the time of <see cref="HangGuardAttribute"/>.</summary>
public sealed class BoundedTheoryAttribute : TheoryAttribute
{
    public BoundedTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) => Timeout = HangGuardAttribute.Limit;
}
