namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>Debian's redis-server.</summary>
internal sealed class RedisServer : StoreServer
{
    private const string Program = "/usr/bin/redis-server";

    /// <summary>Skips the test where there is none.</summary>
    public static void Need() => Assert.SkipUnless(File.Exists(Program), $"There is no {Program}. Install it: apt-get install redis-server.");

    public override string AddressOf(int port) => $"127.0.0.1:{Text(port)},connectTimeout=1000";

    protected override string[] Command() =>
        [Program, "--port", Text(Port), "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--daemonize", "no"];
}
