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
        ("LICENSE", "its text is not ours to change"),
    ];

    [Fact]
    public void No_text_of_the_repository_has_a_word_that_readers_stumble_over() => AssertNone(
        from file in Files()
        let path = Relative(file)
        where !s_exceptions.Any(exception => exception.Path == path)
        let text = File.ReadAllText(file)
        from match in Find(text)
        select $"{path}:{match.Line}: \"{match.Words}\"");

    [Fact]
    public void Each_exception_is_a_file_with_such_a_word() =>
        Assert.All(s_exceptions, static exception => Assert.NotEmpty(Find(File.ReadAllText(Path.Combine(Repository.Folder, exception.Path)))));

    // A handler has HandleIn or HandleInAsync: the callback is the same, and messages name it so.
    [Fact]
    public void Comments_name_callbacks_without_Async() => AssertNone(
        from file in Files()
        where Path.GetExtension(file) == ".cs" && Relative(file).StartsWith("src/", StringComparison.Ordinal)
        from line in File.ReadLines(file).Select(static (text, index) => (Text: text, Number: index + 1))
        where CallbackWithAsync().IsMatch(line.Text)
        select $"{Relative(file)}:{line.Number}: {line.Text.Trim()}");

    [Theory]
    [InlineData("tests/Late.Hosting.Tests/Support/TestHost.cs")]
    [InlineData("samples/WorkerSample/Program.cs")]
    [InlineData("docs/handlers.md")]
    [InlineData(".ci/run")]
    [InlineData("README.md")]
    [InlineData("LICENSE")]
    [InlineData("Directory.Packages.props")]
    [InlineData("docker-compose.yml")]
    [InlineData(".editorconfig")]
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
    [InlineData("// A reload is followed.", true)]
    [InlineData("receive paused: reading waits for the handler", true)]
    [InlineData("Runs seeded lives of connections.", true)]
    [InlineData("## What you are promised", true)]
    [InlineData("Connections share one budget of connects.", true)]
    [InlineData("## What a server lets you send", true)]
    [InlineData("/// It is measured at\n    /// once.", true)]
    [InlineData("A stop ends it at\nonce.", true)]
    [InlineData("\"It has given \" +\n            $\"up.\"", true)]
    [InlineData("// A fault is followed by a new life.", false)]
    [InlineData("look at\n\n\nOnce more", false)]
    [InlineData("/// <summary>The caller is notified immediately.</summary>", false)]
    [InlineData("return followedBy;", false)]
    [InlineData("private int _returns;", false)]
    public void The_search_finds_what_it_is_for(string text, bool isFound) => Assert.Equal(isFound, Find(text).Any());

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
            !Relative(file).Split('/').Any(static folder => folder is "bin" or "obj" or "TestResults"))
        .Concat(Directory.EnumerateFiles(Repository.Folder).Where(static file => Path.GetFileName(file) != ".git"));

    private static string Relative(string file) => Path.GetRelativePath(Repository.Folder, file).Replace('\\', '/');

    private static void AssertNone(IEnumerable<string> wrong)
    {
        var message = string.Join(Environment.NewLine, wrong);
        Assert.True(message.Length == 0, message);
    }

    // The words of an identifier stand apart, like those of a sentence, and a sentence continues on the next line of a comment or a text.
    private static IEnumerable<(string Words, int Line)> Find(string text)
    {
        var plain = WordsOfIdentifier().Replace(NextLine().Replace(text, "\n"), " ");
        return WrongWord().Matches(plain).Select(match => (match.Value.ReplaceLineEndings(" "), plain.AsSpan(0, match.Index).Count('\n') + 1));
    }

    [GeneratedRegex("[_-]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex WordsOfIdentifier();

    [GeneratedRegex("""(?:"[ \t]*\+[ \t]*)?\r?\n[ \t]*(?:///?|[*>]|\#+|\$?")?[ \t]*""")]
    private static partial Regex NextLine();

    [GeneratedRegex("""//(?:(?!cref=").)*\b(?:Init|Handle[A-Z]\w*)Async\b""")]
    private static partial Regex CallbackWithAsync();

    [GeneratedRegex(
        """
        \b(
            who | whoever | whom | somebody | nobody | everybody | anybody | someone | anyone | no[ ]?\sone
          | told | tell(s|ing)? | hear(s|d|ing)? | sa(y|ys|id|ying) | stor(y|ies)
          | turn(s|ed|ing)? | at[ ]?\sonce | under[ ]?\sway | anew | beside | side[ ]?\sby[ ]?\sside
          | g(iven|ives?|ave|iving)[ ]?\sup | lets?[ ]?\sgo | letting[ ]?\sgo | for[ ]?\sever | for[ ]?\sgood
          | go(es)?[ ]?\son | lives[ ]?\son | dies | becomes[ ]?\sof
          | beyond | no[ ]?\smore[ ]?\sthan | heal(s|ed|ing)? | mend(s|ed|ing)? | forget(s|ting)? | forgot | forgotten | wish(es|ed)?
          | is[ ]?\sfollowed(?![ ]?\sby) | reading[ ]?\swaits | seeded[ ]?\s(life|lives) | you[ ]?\sare[ ]?\spromised | budget[ ]?\sof[ ]?\sconnects | lets?[ ]?\syou[ ]?\ssend
          | counts?[ ]?\s(after|from) | does[ ]?\snot[ ]?\spass | seen[ ]?\sfrom[ ]?\soutside | leaves?[ ]?\snothing | starts?[ ]?\sagain | started[ ]?\sagain
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex WrongWord();
}
