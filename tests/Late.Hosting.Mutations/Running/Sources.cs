using System.Text.RegularExpressions;
using Late.Hosting.Mutations.Table;

namespace Late.Hosting.Mutations.Running;

/// <summary>A copy of the sources, into which mutations are put and taken out again.</summary>
internal sealed class Sources : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("late-mutations-").FullName;
    private readonly Dictionary<string, string> _originals = [];

    public Sources(string original) => Copy(new DirectoryInfo(original), _path);

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

    public void Dispose() => Directory.Delete(_path, recursive: true);

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

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.GetFiles())
        {
            file.CopyTo(System.IO.Path.Combine(to, file.Name));
        }

        foreach (var directory in from.GetDirectories().Where(static directory => directory.Name is not ("bin" or "obj" or ".git")))
        {
            Copy(directory, System.IO.Path.Combine(to, directory.Name));
        }
    }
}
