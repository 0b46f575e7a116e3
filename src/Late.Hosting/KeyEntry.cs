namespace Late.Hosting;

/// <summary>What a table keeps under a key.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <param name="key">The key, whose hash code is computed here and no more.</param>
internal abstract class KeyEntry<TKey>(TKey key)
    where TKey : notnull
{
    private int _isRemoved;
    private KeyEntry<TKey>? _next;

    public TKey Key => key;

    public int Hash { get; } = HashOf(key);

    public bool IsRemoved => Volatile.Read(ref _isRemoved) != 0;

    /// <summary>The one of the same hash code that was added before it.</summary>
    public KeyEntry<TKey>? Next { get => Volatile.Read(ref _next); set => Volatile.Write(ref _next, value); }

    /// <summary>The same, without those that are removed.</summary>
    public KeyEntry<TKey>? NextPresent
    {
        get
        {
            var next = Next;
            while (next is { IsRemoved: true })
            {
                next = next.Next;
            }

            return next;
        }
    }

    public static int HashOf(TKey key) => key is null ? throw new ArgumentNullException(nameof(key)) : key.GetHashCode();

    /// <summary>Removes it; false where it is removed.</summary>
    public bool TryRemove() => Interlocked.Exchange(ref _isRemoved, 1) == 0;
}
