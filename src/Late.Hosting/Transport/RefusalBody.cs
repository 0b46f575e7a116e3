using System.IO.Compression;
using System.Text;

namespace Late.Hosting.Transport;

/// <summary>Reads the start of a refusal's body: as much as comes, also where its rest never does.</summary>
internal static class RefusalBody
{
    private const int MostBytes = 1024;

    // The refusal is known: its body is not worth the whole time of the attempt.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    /// <param name="content">The body.</param>
    /// <param name="time">The connection's clock.</param>
    /// <param name="cancellationToken">Ends the reading; what has come until then is returned.</param>
    /// <returns>The first KiB, decompressed, read as UTF-8.</returns>
    public static async Task<string> ReadAsync(HttpContent content, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = new byte[MostBytes];
        var length = 0;
        using var clock = new CancellationTokenSource(s_longest, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            using var stream = Decompress(content, await content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false));
            int count;
            do
            {
                // One byte at a time: what a read has got before it fails, as at a malformed chunk, is lost.
                count = await stream.ReadAsync(body.AsMemory(length, 1), limit.Token).ConfigureAwait(false);
                length += count;
            }
            while (count > 0 && length < MostBytes);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException or InvalidDataException or InvalidOperationException)
        {
            // It is cut, stalls, or does not match its headers.
        }

        // Without a character that the limit has cut.
        var text = new char[length];
        return new string(text, 0, Encoding.UTF8.GetDecoder().GetChars(body.AsSpan(0, length), text, flush: false));
    }

    private static Stream Decompress(HttpContent content, Stream stream) => content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings)
        ? codings.ToString().Trim().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
            "deflate" => new ZLibStream(stream, CompressionMode.Decompress),
            "br" => new BrotliStream(stream, CompressionMode.Decompress),
            _ => stream,
        }
        : stream;
}
