namespace Late.Hosting.Mutations.Table;

/// <summary>A change of one source file, wherever under <c>src</c> it lies.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Search">Text that stands in it exactly once; any white space stands for any other.</param>
/// <param name="Replace">What takes its place.</param>
internal sealed record Edit(string File, string Search, string Replace);
