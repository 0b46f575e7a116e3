using System.Collections.Concurrent;

namespace Late.Hosting.WebSockets;

/// <summary>Keeps objects for their next use: those that are rented once per read, by all connections together.</summary>
internal sealed class Pool<T>(int capacity)
    where T : class, new()
{
    private readonly ConcurrentQueue<T> _items = new();
    private int _count;

    public T Rent()
    {
        if (_items.TryDequeue(out var item))
        {
            Interlocked.Decrement(ref _count);
            return item;
        }

        return new T();
    }

    public void Return(T item)
    {
        if (Interlocked.Increment(ref _count) <= capacity)
        {
            _items.Enqueue(item);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
