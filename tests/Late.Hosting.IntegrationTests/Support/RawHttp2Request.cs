using System.Text;

namespace Late.Hosting.IntegrationTests.Support;

/// <summary>A request over HTTP/2, and its stream.</summary>
public sealed class RawHttp2Request(RawHttp2Connection connection, int id)
{
    private const uint RefusedStream = 7;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RawHttp2Connection Connection => connection;

    /// <summary>Completed when the client has reset the stream, or ended the connection.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Answers; 200 leaves the stream open.</summary>
    /// <param name="status">The status.</param>
    /// <param name="header">A further header's name in lower case; none where it is null.</param>
    /// <param name="value">Its value.</param>
    public Task AnswerAsync(int status, string? header = null, string value = "")
    {
        // HPACK (RFC 7541 §6.2.2): literals without indexing; the name :status is entry 8 of the static table.
        byte[] block = [0x08, 3, .. Encoding.ASCII.GetBytes($"{status}")];
        if (header is not null)
        {
            block = [.. block, 0x00, (byte)header.Length, .. Encoding.ASCII.GetBytes(header), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
        }

        var end = status == 200 ? 0 : RawHttp2Connection.EndStream;
        return connection.WriteAsync(RawHttp2Connection.Headers, (byte)(RawHttp2Connection.EndHeaders | end), id, block);
    }

    /// <summary>Sends a text message.</summary>
    public Task SendAsync(string text) => connection.WriteAsync(RawHttp2Connection.Data, 0, id, RawPeer.TextFrame(text));

    /// <summary>Ends the stream, after these bytes.</summary>
    public Task EndAsync(params byte[] last) => connection.WriteAsync(RawHttp2Connection.Data, RawHttp2Connection.EndStream, id, last);

    /// <summary>Resets the stream; by default with REFUSED_STREAM, which means that it was not handled.</summary>
    public Task ResetAsync(uint code = RefusedStream) => connection.WriteAsync(RawHttp2Connection.ResetStream, 0, id, RawHttp2Connection.BigEndian(code));

    /// <summary>Ends the connection with GOAWAY: streams up to the last one are handled.</summary>
    public Task GoAwayAsync(int last) =>
        connection.WriteAsync(RawHttp2Connection.GoAway, 0, 0, [.. RawHttp2Connection.BigEndian((uint)last), .. RawHttp2Connection.BigEndian(0)]);

    /// <summary>Ends the connection with GOAWAY before this request.</summary>
    public Task GoAwayAsync() => GoAwayAsync(Math.Max(id - 2, 0));

    internal void SetEnded() => _ended.TrySetResult();
}
