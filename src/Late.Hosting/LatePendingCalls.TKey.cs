using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Late.Hosting;

/// <summary>
/// Calls that wait for the server's answer, under keys that the protocol defines. An entry is removed when its call ends
/// in any way, a timeout or a disconnect included. <see cref="LatePendingCalls"/> makes the keys.
/// </summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <remarks>Keep one in the handler or in its state. It is safe for use from many threads.</remarks>
public class LatePendingCalls<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, LateCall> _calls = new();

    /// <summary>How many calls wait.</summary>
    public int Count => _calls.Count;

    /// <summary>Keeps a call under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The call.</param>
    /// <returns>False where another call waits under the key; then nothing changes.</returns>
    public bool TryAdd(TKey key, LateCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!_calls.TryAdd(key, call))
        {
            return false;
        }

        // Only its own entry: under the same key another call may wait by then.
        call.WhenEnded(ended => _calls.TryRemove(KeyValuePair.Create(key, ended)));
        return true;
    }

    /// <summary>Replies to the call under a key, and removes it.</summary>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The reply.</param>
    /// <returns>False where no call waits under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">The call waits for a reply of another type.</exception>
    public bool Reply<TReply>(TKey key, TReply value) => TryTake<TReply>(key, out var call) && call.Reply(value);

    /// <summary>Fails the call under a key, and removes it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="exception">What its caller gets.</param>
    /// <returns>False where no call waits under the key, or not any more.</returns>
    public bool Fail(TKey key, Exception exception) => _calls.TryGetValue(key, out var call) && call.Fail(exception);

    /// <summary>Fails all calls, and removes them.</summary>
    /// <param name="exception">What their callers get.</param>
    public void FailAll(Exception exception)
    {
        foreach (var call in _calls.Values)
        {
            call.Fail(exception);
        }
    }

    /// <summary>Takes the call under a key out of the table, to reply to it by hand.</summary>
    /// <typeparam name="TReply">The type of the reply.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="call">The call.</param>
    /// <returns>False where no call waits under the key, or not any more.</returns>
    /// <exception cref="InvalidOperationException">The call waits for a reply of another type.</exception>
    public bool TryTake<TReply>(TKey key, [MaybeNullWhen(false)] out LateCall<TReply> call)
    {
        call = null;
        if (!_calls.TryGetValue(key, out var found))
        {
            return false;
        }

        call = found as LateCall<TReply> ?? throw found.OtherReply(key, typeof(TReply));
        return _calls.TryRemove(KeyValuePair.Create(key, found));
    }
}
