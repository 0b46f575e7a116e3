namespace Late.Hosting.WebSockets;

/// <summary>
/// Where a message lies. An index instead of a reference to the segment: twelve bytes, and nothing for the garbage
/// collector to track when thousands are written per read.
/// </summary>
internal readonly struct FrameDescriptor(LateFrameKind kind, int source, int offset, int length)
{
    private readonly int _sourceAndKind = (source << 1) | (kind == LateFrameKind.Text ? 1 : 0);

    public readonly int Offset = offset;
    public readonly int Length = length;

    public int Source => _sourceAndKind >> 1;

    public LateFrameKind Kind => (_sourceAndKind & 1) != 0 ? LateFrameKind.Text : LateFrameKind.Binary;
}
