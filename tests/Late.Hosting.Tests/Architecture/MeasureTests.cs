using System.Reflection;
using System.Text.RegularExpressions;
using Late.Hosting.Locking;
using Late.Hosting.Testing;

namespace Late.Hosting.Tests.Architecture;

/// <summary>Measures of the code that cannot be met in name only.</summary>
public sealed partial class MeasureTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] s_types = [.. typeof(LateFrame).Assembly.GetTypes(), .. typeof(LateTestPeer).Assembly.GetTypes()];

    [Fact]
    public void No_file_has_more_than_300_lines() =>
        AssertNone(Sources.Shipped.Where(static file => file.Value.Length > 300).Select(static file => $"{file.Key}: {file.Value.Length}"));

    [Fact]
    public void Each_namespace_is_the_folder() => AssertNone(
        from file in Sources.Shipped
        let folder = file.Key[4..file.Key.LastIndexOf('/')].Replace('/', '.')
        let space = file.Value.FirstOrDefault(static line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';')
        where space is not null && space != folder && space != "Microsoft.Extensions.DependencyInjection" && space != "Microsoft.AspNetCore.Builder"
        select $"{file.Key}: {space}");

    [Fact] // More are a sign of a class that does several things, or of one that has what others should keep.
    public void No_constructor_has_more_than_five_parameters() => AssertNone(
        from type in s_types
        from constructor in type.GetConstructors(All)
        where constructor.GetParameters().Length > 5
        select $"{type.FullName}: {constructor.GetParameters().Length}");

    [Fact] // So that debug builds check every lock.
    public void Each_lock_is_a_gate()
    {
        var locks = AssemblyUses.Of(typeof(Gate).Assembly).ForeignUses.Where(static use => use.Used is "System.Threading.Monitor" or "System.Threading.Lock" or "System.Threading.SpinLock" or "System.Threading.ReaderWriterLockSlim");
        AssertNone(locks.Where(static use => use.User != typeof(Gate).FullName).Select(static use => $"{use}"));
    }

    [Fact]
    public void Each_lock_is_written_down_with_what_it_guards_and_no_other()
    {
        var written = LockOnPage().Matches(Sources.Read("docs/architecture.md")).Select(static match => match.Groups[1].Value);
        var locks =
            from type in typeof(Gate).Assembly.GetTypes()
            from field in type.GetFields(All)
            where field.FieldType == typeof(Gate)
            select $"{type.Name.Split('`')[0]}.{field.Name.TrimStart('<').Split('>')[0]}";
        Assert.Equal(locks.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_file_that_the_page_names_is_there()
    {
        var named = PathOnPage().Matches(Sources.Read("docs/architecture.md")).Select(static match => match.Groups[1].Value).ToList();
        var files = Sources.Shipped.Keys.Where(static file => file.StartsWith("src/Late.Hosting/", StringComparison.Ordinal)).Select(static file => file["src/Late.Hosting".Length..].Split('.')[0]).ToList();
        Assert.NotEmpty(named);
        AssertNone(named.Where(name => !files.Exists(file => file.EndsWith($"/{name}", StringComparison.Ordinal))));
    }

    [GeneratedRegex("`((?:[A-Z]\\w+/)+[A-Z]\\w+)(?:\\.\\w+)?`")]
    private static partial Regex PathOnPage();

    [GeneratedRegex("^\\| `(\\w+\\.(?:_gate|Gate))` \\|", RegexOptions.Multiline)]
    private static partial Regex LockOnPage();

    private static void AssertNone(IEnumerable<string> found)
    {
        var lines = string.Join(Environment.NewLine, found);
        Assert.True(lines.Length == 0, lines);
    }
}
