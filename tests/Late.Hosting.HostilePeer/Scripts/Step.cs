using System.Text;

namespace Late.Hosting.HostilePeer.Scripts;

/// <summary>One step of a session.</summary>
/// <param name="Kind">What is done.</param>
internal sealed record Step(StepKind Kind)
{
    public FloodKind Flood { get; init; }

    /// <summary>How many frames; or a code, or a variant.</summary>
    public int Count { get; init; }

    /// <summary>Bytes of a payload, or where a frame is cut.</summary>
    public int Size { get; init; }

    /// <summary>Bytes in one write; 0 for as many as there are.</summary>
    public int WriteSize { get; init; }

    /// <summary>True for a flood that continues until the client's end.</summary>
    public bool ToTheEnd { get; init; }

    public override string ToString()
    {
        var text = new StringBuilder(Kind.ToString());
        if (Kind == StepKind.Flood)
        {
            text.Append(' ').Append(Flood).Append(ToTheEnd ? " to the end" : "");
        }

        return (Count, Size, WriteSize) switch
        {
            (0, 0, 0) => text.ToString(),
            _ => text.Append($" ({Count}, {Size} B{(WriteSize > 0 ? $", written {WriteSize} B at a time" : "")})").ToString(),
        };
    }
}
