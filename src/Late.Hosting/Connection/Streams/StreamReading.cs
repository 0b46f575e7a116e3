using System.Diagnostics;
using System.Runtime.CompilerServices;
using Late.Hosting.Connection.Callbacks;
using Late.Hosting.Connection.Calls;
using Late.Hosting.Diagnostics;

namespace Late.Hosting.Connection.Streams;

/// <summary>Requests streams and reads them.</summary>
internal static class StreamReading
{
    /// <summary>Reads a stream: each enumeration requests one, and leaves it where it ends first.</summary>
    public static async IAsyncEnumerable<TItem> ReadAsync<TRequest, TItem>(
        ConnectionContext connection, TRequest request, LateStreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : ILateStreamRequest<TRequest, TItem>
    {
        if (CallbackScope.IsInside(connection))
        {
            throw StreamFailure.FromOneself(connection.Name, TypeName.Of<TRequest>());
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var stream = Begin<TRequest, TItem>(connection, request, options, cancellationToken);
        await foreach (var next in stream.ReadAsync().ConfigureAwait(false))
        {
            if (stream.Accepts(next))
            {
                yield return next.Item;
            }
        }
    }

    /// <summary>Requests a stream.</summary>
    public static StreamItem<TRequest, TItem> Begin<TRequest, TItem>(
        ConnectionContext connection, TRequest request, in LateStreamOptions options, CancellationToken cancellationToken)
        where TRequest : ILateStreamRequest<TRequest, TItem>
    {
        connection.Topics.WakeUps.Use();
        var telemetry = connection.Telemetry.WatchCall<TRequest>();
        var stream = new StreamItem<TRequest, TItem>(request, connection, options)
        {
            CancellationToken = cancellationToken,
            Telemetry = telemetry,
            Activity = telemetry?.Span ?? Activity.Current,
        };
        stream.Begin(connection, connection.Options, null, cancellationToken);
        return stream;
    }
}
