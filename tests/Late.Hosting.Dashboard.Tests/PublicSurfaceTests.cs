using System.Reflection;
using System.Runtime.CompilerServices;

namespace Late.Hosting.Dashboard.Tests;

/// <summary>The dashboard works through what every application may use.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_library_shows_the_dashboard_nothing_that_it_keeps_to_itself() =>
        Assert.DoesNotContain(
            typeof(ILateConnectionDirectory).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>(),
            static friend => friend.AssemblyName.StartsWith("Late.Hosting.Dashboard", StringComparison.Ordinal));
}
