using System.Buffers;
using System.Text.Json;

namespace Late.Hosting.Dashboard.Sampling;

/// <summary>
/// Samples all connections once a second, and sends every open page the same: a snapshot at first, then what has
/// changed. It runs only while a page is open.
/// </summary>
internal sealed class Sampler(ILateConnectionDirectory? directory, TimeProvider time, string application, string version)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Viewer> _viewers = [];
    private readonly long _started = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly Dictionary<ILateConnectionInfo, ObservedConnection> _observed = [];
    private readonly List<int> _gone = [];
    private ObservedConnection[] _connections = [];
    private int _nextId;
    private ITimer? _timer;

    /// <summary>True while a page is open.</summary>
    public bool IsRunning => Volatile.Read(ref _timer) is not null;

    /// <summary>Opens a page: it receives a snapshot immediately, and then what changes.</summary>
    public Viewer Join()
    {
        var viewer = new Viewer(this);
        lock (_gate)
        {
            if (_viewers.Count == 0)
            {
                Renew();
                _gone.Clear();
                foreach (var connection in _connections)
                {
                    connection.Look();
                }

                _timer = time.CreateTimer(static sampler => ((Sampler)sampler!).Publish(), this, Interval, Interval);
            }

            _viewers.Add(viewer);
            viewer.Send(Message("snapshot", WriteSnapshot));
        }

        return viewer;
    }

    /// <summary>Closes a page.</summary>
    public void Leave(Viewer viewer)
    {
        lock (_gate)
        {
            if (_viewers.Remove(viewer) && _viewers.Count == 0)
            {
                _timer!.Dispose();
                _timer = null;
            }
        }
    }

    /// <summary>The history of a connection; null where there is none of that number.</summary>
    public ConnectionDetails? FindDetails(int id)
    {
        lock (_gate)
        {
            Renew();
            return _connections.FirstOrDefault(connection => connection.Id == id)?.Details;
        }
    }

    private void Publish()
    {
        lock (_gate)
        {
            if (_viewers.Count == 0)
            {
                // The last page was closed while the timer was due.
                return;
            }

            var message = Message("tick", WriteChanges);
            foreach (var viewer in _viewers)
            {
                viewer.Send(message);
            }
        }
    }

    /// <summary>Adds the connections that are new since the last time, and removes those that are gone.</summary>
    private void Renew()
    {
        // The container gives the connections once it is complete: with the first page, not when the endpoints are mapped.
        var connections = directory?.GetConnections() ?? [];
        _connections = [.. connections.Select(connection =>
            _observed.TryGetValue(connection, out var known) ? known : _observed[connection] = new ObservedConnection(_nextId++, connection))];
        if (_observed.Count > _connections.Length)
        {
            foreach (var gone in _observed.Keys.Except(connections).ToList())
            {
                _gone.Add(_observed[gone].Id);
                _observed.Remove(gone);
            }
        }
    }

    private void WriteSnapshot(Utf8JsonWriter json)
    {
        json.WriteString("application"u8, application);
        json.WriteString("version"u8, version);
        json.WriteNumber("started"u8, _started);
        json.WriteStartArray("connections"u8);
        foreach (var connection in _connections.Where(static connection => connection.IsSeen))
        {
            connection.WriteAll(json);
        }

        json.WriteEndArray();
    }

    private void WriteChanges(Utf8JsonWriter json)
    {
        Renew();
        json.WriteStartArray("connections"u8);
        foreach (var connection in _connections)
        {
            connection.LookAndWriteChanges(json);
        }

        json.WriteEndArray();
        if (_gone.Count > 0)
        {
            json.WriteStartArray("gone"u8);
            _gone.ForEach(json.WriteNumberValue);
            json.WriteEndArray();
            _gone.Clear();
        }
    }

    // JSON has no line breaks here, so it is one line of an event.
    private ReadOnlyMemory<byte> Message(string name, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        buffer.Write(System.Text.Encoding.UTF8.GetBytes($"event: {name}\ndata: "));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("now"u8, time.GetUtcNow().ToUnixTimeMilliseconds());
            write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }
}
