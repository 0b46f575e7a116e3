using System.Text.Json;

namespace Late.Hosting.Dashboard.Sampling;

/// <summary>A connection, and what was seen of it when it was last looked at.</summary>
internal sealed class ObservedConnection(int id, ILateConnectionInfo connection)
{
    private ConnectionView _seen = ConnectionView.None;
    private IReadOnlyList<LateConnectionStatus> _changes = [];

    /// <summary>Its number, which no other has after it.</summary>
    public int Id => id;

    /// <summary>True when it has been looked at, and pages know of it.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>The connection's history.</summary>
    public ConnectionDetails Details => ConnectionDetails.Of(connection);

    /// <summary>Looks at the connection.</summary>
    public void Look()
    {
        IsSeen = true;
        var before = _seen.Status;
        _seen = ConnectionView.Of(connection);
        if (!ReferenceEquals(before, _seen.Status) || !KnowsChangeTo(_seen.Status!))
        {
            _changes = connection.GetRecentChanges();
        }
    }

    /// <summary>Writes all that was seen.</summary>
    public void WriteAll(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        json.WriteString("name"u8, connection.Name);
        DifferenceWriter.Write(json, ConnectionView.None, _seen);
        WriteChanges(json, from: 0);
        json.WriteEndObject();
    }

    /// <summary>Looks at the connection, and writes what has changed: nothing where nothing has, and all at the first time.</summary>
    public void LookAndWriteChanges(Utf8JsonWriter json)
    {
        if (!IsSeen)
        {
            Look();
            WriteAll(json);
            return;
        }

        var (before, changesBefore) = (_seen, _changes);
        Look();
        if (before == _seen)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        DifferenceWriter.Write(json, before, _seen);
        WriteChanges(json, from: IndexAfter(changesBefore));
        json.WriteEndObject();
    }

    // A state is current a little before it is among the changes.
    private bool KnowsChangeTo(LateConnectionStatus status) => _changes is [.., var last] && last.State == status.State && last.Since == status.Since;

    // The first change that is not among the earlier ones; of these the oldest may have been dropped meanwhile.
    private int IndexAfter(IReadOnlyList<LateConnectionStatus> earlier)
    {
        if (earlier is not [.., var last])
        {
            return 0;
        }

        var index = _changes.Count;
        while (index > 0 && !ReferenceEquals(_changes[index - 1], last))
        {
            index--;
        }

        return index;
    }

    private void WriteChanges(Utf8JsonWriter json, int from)
    {
        if (from == _changes.Count)
        {
            return;
        }

        json.WriteStartArray("changes"u8);
        foreach (var change in _changes.Skip(from))
        {
            json.WriteStartArray();
            json.WriteNumberValue(change.Since.ToUnixTimeMilliseconds());
            json.WriteStringValue(change.State.ToString());
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
