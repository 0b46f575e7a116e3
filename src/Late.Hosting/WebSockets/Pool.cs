using System.Collections.Concurrent;

namespace Late.Hosting.WebSockets;

/// <summary>
/// Keeps objects for their next use: those that are rented once per read, by all connections together. One pool for each
/// type, for each thread keeps the one that it used last.
/// </summary>
internal sealed class Pool<T>(int capacity)
    where T : class, new()
{
    [ThreadStatic]
    private static T? t_last;

    private readonly ConcurrentQueue<T> _items = new();
    private int _count;

    public T Rent()
    {
        if (t_last is { } last)
        {
            t_last = null;
            return last;
        }

        if (_items.TryDequeue(out var item))
        {
            Interlocked.Decrement(ref _count);
            return item;
        }

        return new T();
    }

    public void Return(T item)
    {
        if (t_last is null)
        {
            t_last = item;
        }
        else if (Interlocked.Increment(ref _count) <= capacity)
        {
            _items.Enqueue(item);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
