using System.Runtime.CompilerServices;

namespace Late.Hosting.Connection.Topics;

/// <summary>
/// What a reader enumerates. Items that are there cost neither a lock nor a step of a state machine: that is where it looks under the lock, waits and
/// ends.
/// </summary>
/// <typeparam name="TItem">The type of the items.</typeparam>
/// <typeparam name="TNext">What is enumerated.</typeparam>
/// <param name="reader">The reader.</param>
/// <param name="itemsAlone">Whether it throws in the place of a gap, and skips other events.</param>
/// <param name="select">Makes what is enumerated.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class ReaderSequence<TItem, TNext>(
    TopicReader<TItem> reader, bool itemsAlone, Func<LateSubscriptionEvent<TItem>, TNext> select, CancellationToken cancellationToken) : IAsyncEnumerable<TNext>
{
    public IAsyncEnumerator<TNext> GetAsyncEnumerator(CancellationToken ofEnumerator) => new Enumerator(reader, itemsAlone, select, cancellationToken, ofEnumerator);

    private sealed class Enumerator : IAsyncEnumerator<TNext>
    {
        private readonly TopicReader<TItem> _reader;
        private readonly bool _itemsAlone;
        private readonly Func<LateSubscriptionEvent<TItem>, TNext> _select;
        private readonly IAsyncEnumerator<bool> _looks;
        private LateSubscriptionEvent<TItem> _next;

        public Enumerator(
            TopicReader<TItem> reader, bool itemsAlone, Func<LateSubscriptionEvent<TItem>, TNext> select, CancellationToken cancellationToken, CancellationToken ofEnumerator)
        {
            (_reader, _itemsAlone, _select) = (reader, itemsAlone, select);
            _looks = LookAsync(cancellationToken).GetAsyncEnumerator(ofEnumerator);
        }

        public TNext Current => _select(_next);

        public ValueTask<bool> MoveNextAsync()
        {
            if (_reader.TryTake(this, out var item))
            {
                _next = new() { Item = item };
                return new ValueTask<bool>(true);
            }

            return _looks.MoveNextAsync();
        }

        public ValueTask DisposeAsync() => _looks.DisposeAsync();

        // One for each that it finds under the lock.
        private async IAsyncEnumerable<bool> LookAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var reading = _reader.Begin(cancellationToken);
            while (true)
            {
                switch (_reader.Read(this, cancellationToken, out _next))
                {
                    case Reading.Event when _itemsAlone:
                        _reader.ThrowAt(_next);
                        break;
                    case Reading.Event or Reading.Item:
                        yield return true;
                        break;
                    case Reading.Nothing:
                        await _reader.ChangedAsync().ConfigureAwait(false);
                        break;
                    case Reading.End:
                        yield break;
                }
            }
        }
    }
}
