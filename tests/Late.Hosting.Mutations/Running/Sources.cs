using System.Text.RegularExpressions;
using Late.Hosting.Mutations.Table;

namespace Late.Hosting.Mutations.Running;

/// <summary>A copy of the sources, into which mutations are put and taken out again.</summary>
internal sealed class Sources : IDisposable
{
    private readonly string _path;
    private readonly bool _isKept;
    private readonly Dictionary<string, string> _originals = [];

    /// <param name="original">What is copied.</param>
    /// <param name="copy">Where a copy is kept, so that the next run builds only what has changed; null for one that is deleted.</param>
    /// <exception cref="ArgumentException">It cannot be kept there: what is not part of the sources would be deleted.</exception>
    public Sources(string original, string? copy)
    {
        if (copy is not null)
        {
            RequireCopy(original, copy);
        }

        (_path, _isKept) = (copy ?? Directory.CreateTempSubdirectory("late-mutations-").FullName, copy is not null);
        Copy(new DirectoryInfo(original), new DirectoryInfo(_path));
    }

    public string Path => _path;

    /// <summary>The directory of the solution that the program runs in.</summary>
    public static string Find()
    {
        var directory = new DirectoryInfo(Environment.CurrentDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "Late.Hosting.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("Run it inside of the repository, or set --source.");
    }

    /// <summary>Puts a mutation in.</summary>
    /// <returns>Why it does not fit the sources any more; null where it does.</returns>
    public string? Apply(Mutation mutation)
    {
        foreach (var edit in mutation.Edits)
        {
            if (Apply(edit) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Takes the mutation out.</summary>
    public void Restore()
    {
        foreach (var (file, text) in _originals)
        {
            File.WriteAllText(file, text);
        }

        _originals.Clear();
    }

    public void Dispose()
    {
        if (!_isKept)
        {
            Directory.Delete(_path, recursive: true);
        }
    }

    private string? Apply(Edit edit)
    {
        var files = Directory.GetFiles(System.IO.Path.Combine(_path, "src"), edit.File, SearchOption.AllDirectories);
        if (files is not [var file])
        {
            return $"{files.Length} files are called {edit.File}";
        }

        var text = File.ReadAllText(file);
        var search = string.Join(@"\s+", edit.Search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape));
        if (Regex.Matches(text, search) is not [var match])
        {
            return $"not exactly once in {edit.File}: {edit.Search}";
        }

        _originals.TryAdd(file, text);
        File.WriteAllText(file, $"{text[..match.Index]}{edit.Replace}{text[(match.Index + match.Length)..]}");
        return null;
    }

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        to.Create();
        var (files, directories) = (from.GetFiles(), from.GetDirectories().Where(IsSource).ToList());
        foreach (var left in to.GetFiles().ExceptBy(files.Select(static file => file.Name), static file => file.Name))
        {
            left.Delete();
        }

        foreach (var left in to.GetDirectories().Where(IsSource).ExceptBy(directories.Select(static directory => directory.Name), static directory => directory.Name))
        {
            left.Delete(recursive: true);
        }

        foreach (var file in files)
        {
            Copy(file, System.IO.Path.Combine(to.FullName, file.Name));
        }

        foreach (var directory in directories)
        {
            Copy(directory, new DirectoryInfo(System.IO.Path.Combine(to.FullName, directory.Name)));
        }
    }

    /// <summary>A file that has changed is new: one that a killed run has left mutated is built again.</summary>
    private static void Copy(FileInfo file, string to)
    {
        if (File.Exists(to) && File.ReadAllBytes(to).AsSpan().SequenceEqual(File.ReadAllBytes(file.FullName)))
        {
            return;
        }

        file.CopyTo(to, overwrite: true);
        File.SetLastWriteTimeUtc(to, TimeProvider.System.GetUtcNow().UtcDateTime);
    }

    // A folder for a copy is new, or has one; it lies outside of what is copied.
    private static void RequireCopy(string original, string copy)
    {
        var outside = System.IO.Path.GetRelativePath(System.IO.Path.GetFullPath(original), System.IO.Path.GetFullPath(copy));
        var isOutside = outside.StartsWith("..", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(outside);
        var isTaken = Directory.Exists(copy) && Directory.EnumerateFileSystemEntries(copy).Any() && !File.Exists(System.IO.Path.Combine(copy, "Late.Hosting.sln"));
        if (!isOutside || isTaken)
        {
            throw new ArgumentException($"--copy {copy}: {(isTaken ? "the folder has other files, which would be deleted" : "the folder is part of the sources")}. Name a new folder outside of the sources.");
        }
    }

    private static bool IsSource(DirectoryInfo directory) => directory.Name is not ("bin" or "obj" or ".git");
}
