using Microsoft.Playwright;

namespace Late.Hosting.Dashboard.Tests.Browser;

/// <summary>Finds a Chromium on this machine, under any of its usual names and in any of its usual places.</summary>
internal static class Chromium
{
    /// <summary>The variables that name the program; the first that is set counts, and no other place is searched.</summary>
    public static readonly IReadOnlyList<string> Variables = ["CHROMIUM_PATH", "CHROME_PATH", "CHROMIUM_BIN", "CHROME_BIN"];

    private static readonly string[] s_names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable", "msedge", "chromium-headless-shell"];

    // Where it may be without being on the PATH.
    private static readonly string[] s_places =
    [
        "/usr/bin/*", "/usr/local/bin/*", "/snap/bin/*", "/usr/lib/chromium/*", "/usr/lib/chromium-browser/*", "/usr/lib64/chromium-browser/*",
        "/opt/google/chrome/*", "/opt/microsoft/msedge/*", "/var/lib/flatpak/exports/bin/org.chromium.Chromium", "/var/lib/flatpak/exports/bin/com.google.Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "/opt/homebrew/bin/*",
        "%ProgramFiles%/Google/Chrome/Application/*", "%ProgramFiles(x86)%/Google/Chrome/Application/*", "%LOCALAPPDATA%/Google/Chrome/Application/*",
        "%LOCALAPPDATA%/Chromium/Application/*", "%ProgramFiles(x86)%/Microsoft/Edge/Application/*", "%ProgramFiles%/Microsoft/Edge/Application/*",
    ];

    /// <summary>Starts the first Chromium that can be started.</summary>
    /// <returns>The browser, or null and why there is none.</returns>
    /// <exception cref="PlaywrightException">A variable names a program that is not there or does not start.</exception>
    public static async Task<(IBrowser? Browser, string Reason)> LaunchAsync(IPlaywright playwright)
    {
        if (Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(static path => !string.IsNullOrEmpty(path)) is { } named)
        {
            return (await LaunchAsync(playwright, Resolve(named)), "");
        }

        var reasons = new List<string>();
        foreach (var path in Find(Environment.GetEnvironmentVariable, File.Exists).Append(playwright.Chromium.ExecutablePath).Concat(OfPlaywright()).Where(File.Exists).Distinct())
        {
            try
            {
                return (await LaunchAsync(playwright, path), "");
            }
            catch (PlaywrightException exception)
            {
                // A package may leave a script behind that only prints where the browser is to be had.
                reasons.Add($"{path} does not start: {exception.Message.Split('\n')[0]}");
            }
        }

        var why = reasons.Count == 0 ? "No Chromium was found." : string.Join(' ', reasons);
        return (null, $"{why} Install one (apt-get install chromium), or set {Variables[0]} to its program.");
    }

    /// <summary>The programs that are there, the most likely first.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="exists">True for a file that is there.</param>
    public static IEnumerable<string> Find(Func<string, string?> variable, Func<string, bool> exists)
    {
        var onPath = (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).SelectMany(static folder => Named(folder));
        var elsewhere = s_places.Select(place => Expand(place, variable)).OfType<string>().SelectMany(static place => place.EndsWith("/*", StringComparison.Ordinal) ? Named(place[..^2]) : [place]);
        return onPath.Concat(elsewhere).Where(exists).Distinct();
    }

    private static IEnumerable<string> Named(string folder) => s_names.Select(name => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name));

    // A variable may also hold a name without a folder, which is searched on the PATH.
    private static string Resolve(string program) => Path.GetFileName(program) == program
        ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists, program)
        : program;

    // What another version of Playwright has downloaded serves as well.
    private static IEnumerable<string> OfPlaywright()
    {
        var folder = Environment.GetEnvironmentVariable("PLAYWRIGHT_BROWSERS_PATH")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "ms-playwright");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(static file => Path.GetFileNameWithoutExtension(file) is "chrome" or "headless_shell" or "chrome-headless-shell")
            : [];
    }

    // Null where the place depends on a variable that is not set.
    private static string? Expand(string place, Func<string, string?> variable)
    {
        if (!place.StartsWith('%'))
        {
            return place;
        }

        var end = place.IndexOf('%', 1);
        return variable(place[1..end]) is { Length: > 0 } folder ? folder + place[(end + 1)..] : null;
    }

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright, string path) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = path,
        Timeout = 0, // The hang guard ends what does not come.
        Args =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
        ],
    });
}
