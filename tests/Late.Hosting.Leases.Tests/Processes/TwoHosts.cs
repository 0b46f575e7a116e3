using System.Diagnostics;
using System.Globalization;
using Late.Hosting.LeaseProcess;

namespace Late.Hosting.Leases.Tests.Processes;

/// <summary>Two hosts with one lease, a server that writes down what both send, and a store behind a cable for each.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    /// <summary>The leases' time to live, in seconds.</summary>
    public const double Ttl = 3;

    private readonly StoreServer? _store;
    private readonly string _folder = Directory.CreateTempSubdirectory("late-files-").FullName;
    private readonly string _kind;
    private int _port;

    public TwoHosts(string kind)
    {
        _kind = kind;
        _store = kind == "files" ? null : StoreServer.Make(kind);
        Server = Child.Server();
    }

    public Child Server { get; }

    public StoreServer Store => _store!;

    public Child One { get; private set; } = null!;

    public Child Two { get; private set; } = null!;

    public Cable CableOfOne { get; private set; } = null!;

    public Cable CableOfTwo { get; private set; } = null!;

    /// <summary>Starts both: the first one is ready, and the second one stands by.</summary>
    public async Task StartAsync()
    {
        await OpenAsync();
        One = Start("one", CableOfOne);
        await One.StateAsync("Ready");
        Two = Start("two", CableOfTwo);
        await Two.StateAsync("Standby");
        await FrameOfAsync("one");
    }

    /// <summary>Starts what they share.</summary>
    public async Task OpenAsync()
    {
        _port = int.Parse((await Server.WaitAsync(static record => record.Is("listens"))).Words[0], CultureInfo.InvariantCulture);
        if (_store is not null)
        {
            await _store.StartAsync();
        }

        (CableOfOne, CableOfTwo) = (new Cable(_store?.Port ?? 1), new Cable(_store?.Port ?? 1));
    }

    public Child Start(string name, Cable cable) => Child.Owner(SettingsOf(name, cable));

    public OwnerSettings SettingsOf(string name, Cable cable) => new(name, _port, _kind, _store?.AddressOf(cable.Port) ?? _folder);

    /// <summary>Waits for a frame of an owner, in its first session.</summary>
    public async Task<Record> FrameOfAsync(string owner, long after = 0)
    {
        var begin = await Server.WaitAsync(record => record.What == "begin" && record.Words[2] == owner);
        return await Server.WaitAsync(record => record.Is("frame", "feed", begin.Words[1]), after);
    }

    /// <summary>The number of the first session of an owner.</summary>
    public string SessionOf(string owner) => Server.Records.First(record => record.What == "begin" && record.Words[2] == owner).Words[1];

    /// <summary>For each key: no frame of a session came after the next one had begun, and each owner had a greater token than the last.</summary>
    public void AssertOneOwner()
    {
        foreach (var records in Server.Records.Where(static record => record.What is "begin" or "frame" or "close").GroupBy(static record => record.Words[0]))
        {
            AssertOneOwner([.. records]);
        }
    }

    private static void AssertOneOwner(List<Record> records)
    {
        var begins = records.Where(static record => record.What == "begin").ToList();
        Assert.Equal(begins.Select(static begin => long.Parse(begin.Words[3], CultureInfo.InvariantCulture)).Order().Distinct(), begins.Select(static begin => long.Parse(begin.Words[3], CultureInfo.InvariantCulture)));
        Assert.All(begins.Zip(begins.Skip(1)), pair =>
            Assert.DoesNotContain(records, record => record.What is "frame" or "close" && record.Words[1] == pair.First.Words[1] && record.At >= pair.Second.At));
    }

    public static double Seconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalSeconds;

    public async ValueTask DisposeAsync()
    {
        foreach (var child in new[] { One, Two, Server })
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        CableOfOne?.Dispose();
        CableOfTwo?.Dispose();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
