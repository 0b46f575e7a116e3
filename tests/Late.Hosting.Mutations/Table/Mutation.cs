namespace Late.Hosting.Mutations.Table;

/// <summary>A bug put into the library, and what is to find it.</summary>
/// <param name="Name">What the library does then.</param>
/// <param name="Breaks">The promise or rule that it breaks.</param>
/// <param name="Finder">What finds it.</param>
/// <param name="Edits">The bug.</param>
internal sealed record Mutation(string Name, string Breaks, Finder Finder, params Edit[] Edits);
