namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>Where a Chromium is searched.</summary>
public sealed class ChromiumTests
{
    [Theory]
    [InlineData("/usr/bin/chromium")]
    [InlineData("/usr/bin/chromium-browser")]
    [InlineData("/usr/bin/google-chrome")]
    [InlineData("/usr/bin/google-chrome-stable")]
    [InlineData("/snap/bin/chromium")]
    [InlineData("/usr/lib/chromium/chromium")]
    [InlineData("/opt/google/chrome/chrome")]
    [InlineData("/opt/microsoft/msedge/msedge")]
    [InlineData("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")]
    public void It_is_found_in_its_usual_places(string path) =>
        Assert.Equal([path], Chromium.Find(static _ => null, file => file == path));

    [Theory]
    [InlineData("chromium")]
    [InlineData("chromium-browser")]
    [InlineData("chrome")]
    [InlineData("microsoft-edge")]
    public void It_is_found_on_the_PATH_which_comes_first(string name)
    {
        var folder = Path.Combine(Path.GetTempPath(), "tools");
        var own = Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name);

        var found = Chromium.Find(variable => variable == "PATH" ? $"/elsewhere{Path.PathSeparator}{folder}" : null, file => file == own || file == "/usr/bin/chromium");

        Assert.Equal([own, "/usr/bin/chromium"], found);
    }

    [Fact]
    public void Where_there_is_none_none_is_found() => Assert.Empty(Chromium.Find(static _ => null, static _ => false));
}
