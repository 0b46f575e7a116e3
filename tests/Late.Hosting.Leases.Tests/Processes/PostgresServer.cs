using System.Diagnostics;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>Debian's postgresql. It does not run as root, so it runs as its own user where the tests do.</summary>
internal sealed class PostgresServer : StoreServer
{
    private static readonly string? s_programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")).FirstOrDefault(static bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    private string Data => Path.Combine(Folder, "data");

    /// <summary>Skips the test where there is none.</summary>
    public static void Need() => Assert.SkipUnless(s_programs is not null, "There is no PostgreSQL in /usr/lib/postgresql. Install it: apt-get install postgresql.");

    public override string AddressOf(int port) => $"Host=127.0.0.1;Port={Text(port)};Username=late;Database=postgres;Timeout=2;Keepalive=1";

    protected override string[] Command()
    {
        if (!Directory.Exists(Data))
        {
            if (Environment.IsPrivilegedProcess)
            {
                Run("chown", "postgres", Folder);
            }

            Run([.. AsUser, Path.Combine(s_programs!, "initdb"), "--pgdata", Data, "--username", "late", "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C"]);
        }

        return [.. AsUser, Path.Combine(s_programs!, "postgres"), "-D", Data, "-p", Text(Port), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={Folder}"];
    }

    private static string[] AsUser => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] : [];

    private static void Run(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {output.GetAwaiter().GetResult()}{error.GetAwaiter().GetResult()}");
    }
}
