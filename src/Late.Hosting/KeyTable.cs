using System.Collections.Concurrent;

namespace Late.Hosting;

/// <summary>
/// What is kept under keys whose equality is the application's code: that runs on the thread that adds or looks for a key and under no lock, and
/// not where an entry is removed. One that is slow, throws or comes back here harms its caller alone.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TEntry">What it keeps.</typeparam>
internal sealed class KeyTable<TKey, TEntry>
    where TKey : notnull
    where TEntry : KeyEntry<TKey>
{
    // By hash code, the last one first. Those behind it change only in that removed ones are passed over.
    private readonly ConcurrentDictionary<int, TEntry> _entries = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<TEntry> All
    {
        get
        {
            foreach (var first in _entries.Values)
            {
                for (KeyEntry<TKey>? entry = first; entry is not null; entry = entry.NextPresent)
                {
                    yield return (TEntry)entry;
                }
            }
        }
    }

    /// <summary>Finds what was added last under a key; null where there is nothing.</summary>
    public TEntry? Find(TKey key) => _entries.TryGetValue(KeyEntry<TKey>.HashOf(key), out var first) ? Find(first, key) : null;

    /// <summary>Adds an entry; false where there is one under an equal key.</summary>
    public bool TryAdd(TEntry entry)
    {
        while (true)
        {
            var first = _entries.GetValueOrDefault(entry.Hash);
            if (first is not null && Find(first, entry.Key) is not null)
            {
                return false;
            }

            if (TryAdd(entry, first))
            {
                return true;
            }
        }
    }

    /// <summary>Adds an entry, whether or not there are others under its key.</summary>
    public void Add(TEntry entry)
    {
        while (!TryAdd(entry, _entries.GetValueOrDefault(entry.Hash)))
        {
        }
    }

    /// <summary>Removes an entry; false where it is removed.</summary>
    public bool Remove(TEntry entry)
    {
        if (!entry.TryRemove())
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        TEntry? first;
        while (_entries.TryGetValue(entry.Hash, out first) && first.IsRemoved)
        {
            _ = first.NextPresent is TEntry next ? _entries.TryUpdate(entry.Hash, next, first) : _entries.TryRemove(KeyValuePair.Create(entry.Hash, first));
        }

        for (KeyEntry<TKey>? present = first; present is not null; present = present.Next)
        {
            present.Next = present.NextPresent;
        }

        return true;
    }

    private static TEntry? Find(TEntry first, TKey key)
    {
        for (KeyEntry<TKey>? entry = first; entry is not null; entry = entry.Next)
        {
            if (!entry.IsRemoved && EqualityComparer<TKey>.Default.Equals(entry.Key, key))
            {
                return (TEntry)entry;
            }
        }

        return null;
    }

    private bool TryAdd(TEntry entry, TEntry? first)
    {
        entry.Next = first;
        if (!(first is null ? _entries.TryAdd(entry.Hash, entry) : _entries.TryUpdate(entry.Hash, entry, first)))
        {
            return false;
        }

        Interlocked.Increment(ref _count);
        return true;
    }
}
