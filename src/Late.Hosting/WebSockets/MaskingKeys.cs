using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Late.Hosting.WebSockets;

/// <summary>
/// Keys that cannot be predicted, a fresh one for each frame (RFC 6455 §5.3, §10.3), drawn in bulk from the system's
/// source of randomness: one by one they would cost more than all the rest of writing a frame.
/// </summary>
/// <remarks>One store per thread, and not per connection: a thousand idle connections hold no keys.</remarks>
internal sealed class MaskingKeys
{
    [ThreadStatic]
    private static MaskingKeys? t_current;

    private readonly uint[] _keys = new uint[1024];
    private int _next;

    private MaskingKeys() => _next = _keys.Length;

    public static MaskingKeys Current => t_current ??= new MaskingKeys();

    public uint Next()
    {
        var keys = _keys;
        int next = _next;
        if ((uint)next >= (uint)keys.Length)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(keys.AsSpan()));
            next = 0;
        }

        _next = next + 1;
        uint key = keys[next];

        // Used once: what is read from this memory later reveals nothing about a frame that was sent.
        keys[next] = 0;
        return key;
    }
}
