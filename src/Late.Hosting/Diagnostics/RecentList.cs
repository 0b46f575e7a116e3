using Late.Hosting.Locking;

namespace Late.Hosting.Diagnostics;

/// <summary>The last items of an unbounded sequence. It takes memory as it fills, not before.</summary>
internal sealed class RecentList<T>(int capacity)
{
    private readonly Gate _gate = new();
    private Queue<T>? _items;
    private T? _last;

    /// <summary>The last item; nothing before the first.</summary>
    public T? Last
    {
        get
        {
            using (_gate.Enter())
            {
                return _last;
            }
        }
    }

    public void Add(T item)
    {
        using (_gate.Enter())
        {
            _items ??= new Queue<T>();
            if (_items.Count == capacity)
            {
                _items.Dequeue();
            }

            _items.Enqueue(item);
            _last = item;
        }
    }

    /// <summary>The items as they are now, the oldest first.</summary>
    public T[] ToArray()
    {
        using (_gate.Enter())
        {
            return _items?.ToArray() ?? [];
        }
    }
}
