using System.Buffers.Binary;

namespace Late.Hosting.Transport;

/// <summary>What HTTP/2 reads from and writes to. It sees the server's first SETTINGS, and the end.</summary>
/// <param name="inner">The TCP connection, or TLS over it.</param>
/// <param name="line">Is notified.</param>
internal sealed class Http2Wire(Stream inner, Http2Line line) : ForwardingStream(inner)
{
    private const int FrameHeaderBytes = 9;
    private const int SettingBytes = 6;
    private const int SettingsType = 4;
    private const int MaxConcurrentStreams = 3;
    private const int MostSettingsBytes = 16 * 1024;

    // What has come of the first frame; null when all of it has.
    private List<byte>? _first = [];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _first is null || buffer.IsEmpty ? base.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
            line.Retire();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _first!.AddRange(buffer.Span[..count]);
        Look();
        return count;
    }

    // RFC 9113 §3.4: the server's first frame is SETTINGS. Where it is not, HTTP ends the connection.
    private void Look()
    {
        var first = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_first);
        if (first.Length < FrameHeaderBytes)
        {
            return;
        }

        var length = (first[0] << 16) | (first[1] << 8) | first[2];
        if (first[3] != SettingsType || length > MostSettingsBytes)
        {
            _first = null;
            return;
        }

        if (first.Length < FrameHeaderBytes + length)
        {
            return;
        }

        // RFC 9113 §6.5.2: without a limit there is none.
        var streams = int.MaxValue;
        for (var settings = first.Slice(FrameHeaderBytes, length); settings.Length >= SettingBytes; settings = settings[SettingBytes..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(settings) == MaxConcurrentStreams)
            {
                streams = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(settings[2..]), int.MaxValue);
            }
        }

        _first = null;
        line.SetLimit(streams);
    }
}
