using Late.Hosting.Locking;

namespace Late.Hosting.Transport;

/// <summary>The HTTP/2 connections that take new streams, by origin.</summary>
internal sealed class Http2Lines : IDisposable
{
    private readonly Gate _gate = new();
    private readonly Dictionary<(string Scheme, string Host, int Port), Http2Origin> _origins = [];

    /// <summary>Takes a place on a connection that is there, or opens one.</summary>
    public async ValueTask<Http2Place> RentAsync(Uri uri, SocketsHttpHandler settings, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (line, isFirst) = Join(uri, settings, cancellationToken);
            var place = new Http2Place(line, isFirst);
            if (isFirst)
            {
                return place;
            }

            try
            {
                await line.Settled.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                place.Dispose();
                throw;
            }

            if (line.HasPlace())
            {
                return place;
            }

            place.Dispose();
        }
    }

    public void Dispose()
    {
        List<Http2Line> lines;
        using (_gate.Enter())
        {
            lines = [.. _origins.Values.SelectMany(static origin => origin.Lines)];
        }

        lines.ForEach(static line => line.Retire());
    }

    private (Http2Line Line, bool IsFirst) Join(Uri uri, SocketsHttpHandler settings, CancellationToken cancellationToken)
    {
        var key = (uri.Scheme, uri.IdnHost, uri.Port);
        using (_gate.Enter())
        {
            if (!_origins.TryGetValue(key, out var origin))
            {
                origin = _origins[key] = new Http2Origin(_gate, () => _origins.Remove(key));
            }

            if (origin.Lines.FindLast(static line => line.TryJoin()) is { } line)
            {
                return (line, false);
            }

            line = new Http2Line(origin, settings, cancellationToken);
            origin.Lines.Add(line);
            return (line, true);
        }
    }
}
