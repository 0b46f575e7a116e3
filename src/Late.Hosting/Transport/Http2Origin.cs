using Late.Hosting.Locking;

namespace Late.Hosting.Transport;

/// <summary>The HTTP/2 connections to one origin.</summary>
/// <param name="gate">Guards it.</param>
/// <param name="remove">Called when there are none.</param>
internal sealed class Http2Origin(Gate gate, Action remove)
{
    public Gate Gate { get; } = gate;

    /// <summary>How many streams the server accepts on one connection, by its last settings.</summary>
    public int Streams { get; set; } = 100;

    public List<Http2Line> Lines { get; } = [];

    public void Remove(Http2Line line)
    {
        Lines.Remove(line);
        if (Lines.Count == 0)
        {
            remove();
        }
    }
}
