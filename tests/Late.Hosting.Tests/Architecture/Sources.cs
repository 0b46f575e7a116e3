namespace Late.Hosting.Tests.Architecture;

/// <summary>The repository that the tests run in.</summary>
internal static class Sources
{
    /// <summary>The files of what is shipped, with their paths from the root of the repository.</summary>
    public static IReadOnlyDictionary<string, string[]> Shipped { get; } = Directory
        .EnumerateFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(Root(), file).Replace('\\', '/'))
        .Where(static file => !file.Split('/').Any(static folder => folder is "bin" or "obj"))
        .ToDictionary(static file => file, static file => File.ReadAllLines(Path.Combine(Root(), file)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root(), path));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Late.Hosting.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
