using System.Text.RegularExpressions;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests;

/// <summary>Public text, comments, names and messages use the field's standard words; reference files of the public surface are sorted.</summary>
public sealed partial class WordsTests
{
    // Files that have to contain listed words, each with its reason.
    private static readonly (string Path, string Reason)[] s_exceptions =
    [
        ("tests/Late.Hosting.Tests/WordsTests.cs", "the list itself"),
    ];

    [Fact]
    public void No_line_of_the_repository_has_a_word_that_readers_stumble_over()
    {
        var wrong =
            from file in Files()
            let path = Path.GetRelativePath(Repository.Folder, file).Replace('\\', '/')
            where !s_exceptions.Any(exception => exception.Path == path)
            from line in File.ReadLines(file).Select(static (text, index) => (Text: text, Number: index + 1))
            let match = Find(line.Text)
            where match.Success
            select $"{path}:{line.Number}: \"{match.Value}\" in: {line.Text.Trim()}";

        var message = string.Join(Environment.NewLine, wrong);
        Assert.True(message.Length == 0, message);
    }

    [Fact]
    public void Each_exception_is_a_file_with_such_a_word() =>
        Assert.All(s_exceptions, static exception => Assert.Contains(File.ReadLines(Path.Combine(Repository.Folder, exception.Path)), static line => Find(line).Success));

    [Theory]
    [InlineData("tests/Late.Hosting.Tests/Support/TestHost.cs")]
    [InlineData("samples/WorkerSample/Program.cs")]
    [InlineData("docs/handlers.md")]
    [InlineData(".ci/run")]
    [InlineData("README.md")]
    public void The_search_reads_all_of_the_repository(string path) => Assert.Contains(Path.Combine(Repository.Folder, path), Files());

    [Theory]
    [InlineData("// Whoever reads is told at once.", true)]
    [InlineData("log.Failed(\"The connection has given up.\");", true)]
    [InlineData("The delegate counts after it.", true)]
    [InlineData("int beyond = 3;", true)]
    [InlineData("private void TryGiveUp()", true)]
    [InlineData("if (IsFaultTold)", true)]
    [InlineData("private bool _goesOn;", true)]
    [InlineData("public async Task P9_a_stop_ends_at_once()", true)]
    [InlineData("new(\"session-ends-at-once\")", true)]
    [InlineData("/// <summary>The caller is notified immediately.</summary>", false)]
    [InlineData("return followedBy;", false)]
    [InlineData("private int _returns;", false)]
    public void The_search_finds_what_it_is_for(string line, bool isFound) => Assert.Equal(isFound, Find(line).Success);

    [Fact]
    public void Files_of_the_public_surface_are_sorted()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src"), "PublicAPI.*.txt", SearchOption.AllDirectories))
        {
            string[] lines = [.. File.ReadLines(file).Skip(1)];
            Assert.Equal(lines.Distinct().Order(StringComparer.Ordinal), lines);
        }
    }

    private static IEnumerable<string> Files() => new[] { "src", "samples", "tests", "docs", ".ci" }
        .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*", SearchOption.AllDirectories))
        .Where(static file => Path.GetExtension(file) is "" or ".cs" or ".csproj" or ".props" or ".js" or ".html" or ".css" or ".json" or ".md" or ".txt" &&
            !Path.GetRelativePath(Repository.Folder, file).Split('/', '\\').Any(static folder => folder is "bin" or "obj" or "TestResults"))
        .Append(Path.Combine(Repository.Folder, "README.md"));

    // The words of an identifier stand apart, like those of a sentence.
    private static Match Find(string line) => WrongWord().Match(WordsOfIdentifier().Replace(line, " "));

    [GeneratedRegex("[_-]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex WordsOfIdentifier();

    [GeneratedRegex(
        """
        \b(
            who | whoever | whom | somebody | nobody | everybody | anybody | someone | anyone | no\ one
          | told | tell(s|ing)? | hear(s|d|ing)? | sa(y|ys|id|ying) | stor(y|ies)
          | turn(s|ed|ing)? | at\ once | under\ way | anew | beside | side\ by\ side
          | g(iven|ives?|ave|iving)\ up | lets?\ go | letting\ go | for\ ever | for\ good
          | go(es)?\ on | lives\ on | dies | becomes\ of
          | beyond | no\ more\ than | heal(s|ed|ing)? | mend(s|ed|ing)? | forget(s|ting)? | forgot | forgotten | wish(es|ed)?
          | counts?\ (after|from) | does\ not\ pass | seen\ from\ outside | leaves?\ nothing | starts?\ again | started\ again
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex WrongWord();
}
