using Late.Hosting.Tests.Support;

namespace Late.Hosting.Tests.Documentation;

/// <summary>README is short, has a table of contents, and leads to every page; no link leads nowhere.</summary>
public sealed class LinkTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void Every_link_of_README_and_docs_leads_to_a_file_and_a_heading_that_exist()
    {
        var broken = Pages.All.SelectMany(static page => Pages.BrokenLinks(page, Repository.Read(page), Read));

        var message = string.Join(Environment.NewLine, broken);
        Assert.True(message.Length == 0, message);
    }

    [Theory]
    [InlineData("[a](docs/there.md)", true)]
    [InlineData("[a](docs/there.md#a-heading-with-code)", true)]
    [InlineData("## Own heading, too\n[a](#own-heading-too)", true)]
    [InlineData("[a](https://example.com/anything)", true)]
    [InlineData("`[a](docs/gone.md)`", true)]
    [InlineData("[a](docs/gone.md)", false)]
    [InlineData("[a](there.md)", false)]
    [InlineData("![a](docs/gone.png)", false)]
    [InlineData("[a](docs/there.md#not-a-heading)", false)]
    [InlineData("[a](#own)", false)]
    public void A_broken_link_is_found(string text, bool isRight)
    {
        var broken = Pages.BrokenLinks("README.md", text, static path => path == "docs/there.md" ? "# A heading: with `code`\n```\n## Not a heading\n```\n" : null);

        Assert.Equal(isRight, !broken.Any());
    }

    [Fact]
    public void README_links_to_every_page() =>
        Assert.Empty(Pages.All.Skip(1).Except(Pages.Links(Readme).Select(static link => link.Split('#')[0])));

    [Fact]
    public void README_links_to_nothing_that_its_packages_lack() =>
        Assert.All(Pages.Links(Readme), static link => Assert.Matches("^(#|docs/|https://)", link));

    [Fact]
    public void The_table_of_contents_of_README_names_every_section_in_order()
    {
        var contents = Readme[..Readme.IndexOf("\n## ", StringComparison.Ordinal)];
        var sections = Pages.Headings(Readme, level: 2).Select(static heading => $"#{Pages.Anchor(heading)}").ToList();

        Assert.Equal(sections, Pages.Links(contents).Where(sections.Contains));
    }

    [Fact]
    public void README_has_at_most_400_lines() => Assert.InRange(Readme.Count(static character => character == '\n'), 100, 400);

    private static string? Read(string path) => File.Exists(Path.Combine(Repository.Folder, path)) ? Repository.Read(path) : null;
}
