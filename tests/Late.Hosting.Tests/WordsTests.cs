using System.Text.RegularExpressions;
using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests;

/// <summary>Public text, comments, names and messages use the field's standard words; reference files of the public surface are sorted.</summary>
public sealed partial class WordsTests
{
    // A part of a line where a listed word is right: an option of a command line, a quotation, a name of another project.
    private static readonly string[] s_exceptions =
    [
        "--in-turn",
    ];

    [Fact]
    public void No_line_of_the_sources_and_the_documentation_has_a_word_that_readers_stumble_over()
    {
        var wrong =
            from file in Files()
            let path = Path.GetRelativePath(Repository.Folder, file).Replace('\\', '/')
            from line in File.ReadLines(file).Select(static (text, index) => (Text: text, Number: index + 1))
            let text = s_exceptions.Aggregate(line.Text, static (text, exception) => text.Replace(exception, "", StringComparison.Ordinal))
            let match = WrongWord().Match(text)
            where match.Success
            select $"{path}:{line.Number}: \"{match.Value}\" in: {line.Text.Trim()}";

        var message = string.Join(Environment.NewLine, wrong);
        Assert.True(message.Length == 0, message);
    }

    [Theory]
    [InlineData("// Whoever reads is told at once.", true)]
    [InlineData("log.Failed(\"The connection has given up.\");", true)]
    [InlineData("The delegate counts after it.", true)]
    [InlineData("int beyond = 3;", true)]
    [InlineData("/// <summary>The caller is notified immediately.</summary>", false)]
    [InlineData("return followedBy;", false)]
    public void The_search_finds_what_it_is_for(string line, bool isFound) => Assert.Equal(isFound, WrongWord().IsMatch(line));

    [Fact]
    public void Files_of_the_public_surface_are_sorted()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src"), "PublicAPI.*.txt", SearchOption.AllDirectories))
        {
            string[] lines = [.. File.ReadLines(file).Skip(1)];
            Assert.Equal(lines.Distinct().Order(StringComparer.Ordinal), lines);
        }
    }

    private static IEnumerable<string> Files() => new[] { "src", "samples" }
        .SelectMany(static folder => Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*", SearchOption.AllDirectories))
        .Where(static file => Path.GetExtension(file) is ".cs" or ".js" or ".html" or ".json" or ".md" && !file.Split('/', '\\').Any(static folder => folder is "bin" or "obj"))
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md", SearchOption.AllDirectories))
        .Append(Path.Combine(Repository.Folder, "README.md"));

    [GeneratedRegex(
        """
        \b(
            who | whoever | whom | somebody | nobody | everybody | anybody | someone | anyone | no\ one
          | told | tells? | hears? | sa(y|ys|id|ying) | story
          | turns? | at\ once | under\ way | anew | beside | side\ by\ side
          | g(iven|ives?|ave|iving)\ up | lets?\ go | letting\ go | for\ ever | for\ good
          | go(es)?\ on | lives\ on | dies | becomes\ of
          | beyond | no\ more\ than | heals? | mend(s|ed)? | forgets? | forgot | forgotten | wish(es)?
          | counts?\ (after|from) | does\ not\ pass | seen\ from\ outside | leaves?\ nothing | starts?\ again | started\ again
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex WrongWord();
}
