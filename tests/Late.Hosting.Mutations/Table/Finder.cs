namespace Late.Hosting.Mutations.Table;

/// <summary>A tool of this repository that looks for bugs.</summary>
/// <param name="Project">Its project, under <c>tests</c>.</param>
/// <param name="TestClass">Which test classes of the project run, with wildcards; null for a tool that draws seeds.</param>
internal sealed record Finder(string Project, string? TestClass = null)
{
    public static Finder Simulation { get; } = new("Late.Hosting.Simulation");

    public static Finder HostilePeer { get; } = new("Late.Hosting.HostilePeer");

    /// <summary>The lifecycle's own tests: sequences of its methods, also from several threads, against a model.</summary>
    public static Finder Model { get; } = Tests("*Lifecycle.LifecycleTests");

    public static Finder Tests(string testClass) => new("Late.Hosting.Tests", testClass);

    public override string ToString() => TestClass is null ? Project["Late.Hosting.".Length..] : TestClass.Trim('*');
}
