namespace Late.Hosting.Transport;

/// <summary>
/// What HTTP/1.1 reads from and writes to. With the upgrade HTTP has done its part: its layer, and the 8 KiB that it holds
/// for each connection, are left out of the way from then on.
/// </summary>
/// <param name="inner">The TCP connection, or TLS over it.</param>
/// <param name="exchange">Observes what is received and sent until the upgrade.</param>
internal sealed class HttpLayerStream(Stream inner, HttpExchange exchange) : ForwardingStream(inner)
{
    // Set while a thread leaves HTTP: the stream that it then reads from is the one below.
    [ThreadStatic]
    private static Departure? t_departure;

    private bool _isLeft;

    /// <summary>
    /// Takes the connection from under HTTP, which sees its end. HTTP is not asked which connection it has upgraded, since
    /// it would not report: the one that it reads from does.
    /// </summary>
    /// <param name="upgraded">The stream of an upgraded answer.</param>
    /// <param name="early">What came behind the answer's headers, in the same read.</param>
    /// <returns>The stream below, owned by the caller.</returns>
    public static Stream Leave(Stream upgraded, out byte[] early)
    {
        var departure = new Departure();
        using var read = new MemoryStream(capacity: 0);
        var buffer = new byte[1024];
        t_departure = departure;
        try
        {
            while (upgraded.Read(buffer) is > 0 and var count)
            {
                read.Write(buffer, 0, count);
            }
        }
        finally
        {
            t_departure = null;
        }

        early = read.ToArray();
        return departure.Stream ?? upgraded;
    }

    public override int Read(Span<byte> buffer)
    {
        if (t_departure is not { } departure)
        {
            return base.Read(buffer);
        }

        _isLeft = true;
        departure.Stream = Inner;
        return 0;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        exchange.IsInUse || buffer.IsEmpty ? base.ReadAsync(buffer, cancellationToken) : ReadAnswerAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        exchange.OnSending(this);
        return base.WriteAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isLeft)
        {
            Inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadAnswerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var count = await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count > 0)
            {
                exchange.OnAnswered(this);
            }

            return count;
        }
        catch (IOException exception)
        {
            exchange.OnBroken(exception);
            throw;
        }
    }

    private sealed class Departure
    {
        public Stream? Stream { get; set; }
    }
}
